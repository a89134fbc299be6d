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
  const { lstatSync, readFileSync } = await import("node:fs");
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found?.isSocket() || isListed(path, readFileSync) || !await isRefused(path)) return false;
  // Another one may have taken its place meanwhile.
  if (lstatSync(path, { throwIfNoEntry: false })?.ino !== found.ino) return false;
  runtime.host.files.remove(path);
  return true;
}

/** Whether the system says that somebody listens there: to ask by connecting would give that listener a client. */
function isListed(path: string, read: (path: string, encoding: "utf8") => string): boolean {
  return listedSockets(read).some((line) => line.endsWith(` ${path}`));
}

function listedSockets(read: (path: string, encoding: "utf8") => string): string[] {
  try {
    return read("/proc/net/unix", "utf8").split("\n");
  } catch {
    return [];
  }
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
