/**
 * What a program says on a socket, for a test that answers by hand.
 *
 * @module
 */

import type { Socket } from "node:net";
import { FrameReader } from "../../src/connection/socket/frames.ts";

/**
 * Hears frames.
 *
 * @param socket Where they arrive.
 * @param longest The longest frame that is expected (bytes).
 * @returns Gives the next frame's bytes.
 */
export function framesOf(socket: Socket, longest: number): () => Promise<Uint8Array> {
  const reader = new FrameReader(longest);
  const frames: Uint8Array[] = [];
  let wake = (): void => {};
  socket.on("data", (chunk: Uint8Array) => {
    for (let at = 0; at < chunk.length;) {
      at = reader.push(chunk, at);
      const frame = reader.take();
      if (frame !== null) frames.push(frame.bytes);
    }
    wake();
  });
  return async () => {
    while (frames.length === 0) await new Promise<void>((resolve) => wake = resolve);
    return frames.shift()!;
  };
}
