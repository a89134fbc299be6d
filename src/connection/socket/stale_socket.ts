/**
 * Files of sockets: those whose listener was killed, so that it could not remove them, and those that this program made.
 *
 * The folder may belong to everybody, so a file is removed only where it is a socket of this user, and the very one that
 * was looked at.
 *
 * @module
 */

import { isOwn } from "../../files/shared_place.ts";
import { runtime } from "../../runtime/current.ts";

/**
 * Removes a socket's file at which nobody listens any more.
 *
 * @param path Where somebody wants to listen, and could not.
 * @returns Whether it was removed; false for whatever else is there, and when somebody listens.
 */
export async function removeStaleSocket(path: string): Promise<boolean> {
  const { readFileSync } = await import("node:fs");
  const found = runtime.files.look(path);
  if (!isOwn(found, "socket") || isListed(path, readFileSync) || !await isRefused(path)) {
    return false;
  }
  // Another one may have taken its place meanwhile.
  return removeSocket(path, found!.id);
}

/** Removes the file of a socket that was made just now, and of no other that may come to stand there. */
export function socketRemover(path: string): (path: string) => void {
  // A name that begins with a zero byte is in no folder.
  const made = path.startsWith("\0") ? null : runtime.files.look(path);
  return (path) => void (made !== null && removeSocket(path, made.id));
}

function removeSocket(path: string, id: number): boolean {
  const { files } = runtime;
  const found = files.look(path);
  if (!isOwn(found, "socket") || found!.id !== id) return false;
  files.unlink(path);
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
