/**
 * Using up what a process may have of the system, and giving it back.
 *
 * @module
 */

import { closeSync, openSync } from "node:fs";
import { connect, type Socket } from "node:net";

/**
 * Takes the descriptors that this process may still open.
 *
 * @param spare How many of them are left.
 * @returns Gives them back.
 */
export function takeDescriptors(spare: number = 0): () => void {
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync("/dev/null", "r"));
  } catch {
    for (let i = 0; i < spare && taken.length > 0; i++) closeSync(taken.pop()!);
    return () => taken.splice(0).forEach((descriptor) => closeSync(descriptor));
  }
}

/**
 * Connects to a listener that stands still until there is no room for another connection.
 *
 * @param path Where it listens.
 * @returns The connections.
 */
export async function fillQueue(path: string): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let isFull = false; !isFull;) {
    const socket = connect(path);
    isFull = await new Promise((resolve) => {
      socket.once("connect", () => resolve(false));
      socket.on("error", () => resolve(true));
    });
    if (!isFull) sockets.push(socket);
  }
  return sockets;
}
