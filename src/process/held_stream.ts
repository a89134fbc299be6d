/**
 * A stream that keeps the event loop alive while somebody reads: the streams of a daemon do not by themselves, just as the
 * daemon does not.
 *
 * @module
 */

import { holding } from "../event_loop/keep_alive.ts";

/**
 * Wraps a stream.
 *
 * @param stream The stream of a daemon, if there is one.
 * @returns The same bytes.
 */
export function heldStream(
  stream: ReadableStream<Uint8Array> | null,
): ReadableStream<Uint8Array> | null {
  if (stream === null) return null;
  const reader = stream.getReader();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await holding(reader.read());
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
