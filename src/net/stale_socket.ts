/**
 * Sockets' files whose listener was killed, so that it could not remove them.
 *
 * @module
 */

import { runtime } from "../runtime/current.ts";

/**
 * Removes a socket's file at which nobody listens any more.
 *
 * @param path Where somebody wants to listen, and could not.
 * @returns Whether it was removed; false for whatever else is there, and when somebody listens.
 */
export async function removeStaleSocket(path: string): Promise<boolean> {
  const { lstatSync } = await import("node:fs");
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found?.isSocket() || !await isRefused(path)) return false;
  // Another one may have taken its place meanwhile.
  if (lstatSync(path, { throwIfNoEntry: false })?.ino !== found.ino) return false;
  runtime.host.files.remove(path);
  return true;
}

/** Whether nobody listens at a path. */
async function isRefused(path: string): Promise<boolean> {
  const { createConnection } = await import("node:net");
  return await new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", (error) => resolve((error as { code?: string }).code === "ECONNREFUSED"));
  });
}
