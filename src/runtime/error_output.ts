/**
 * Who wants to know of what this library writes to the standard error stream, past whatever the program sees of that stream.
 *
 * @module
 */

/** Told of each piece; has to call `write`, which writes it. */
export type ErrorFollower = (bytes: Uint8Array, write: () => void) => void;

let follower: ErrorFollower | null = null;

/**
 * Follows what is written, in place of who did before.
 *
 * @param next Who follows.
 * @returns Ends that.
 */
export function followErrors(next: ErrorFollower): () => void {
  follower = next;
  return () => {
    if (follower === next) follower = null;
  };
}

/** Writes by way of who follows, if anybody does. */
export function writeFollowed(bytes: Uint8Array, write: () => void): void {
  if (follower === null) write();
  else follower(bytes, write);
}
