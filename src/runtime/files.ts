/**
 * Files, as the runtimes give them.
 *
 * @module
 */

/** What stands at a path. */
export interface FileFacts {
  readonly kind: "file" | "folder" | "socket" | "other";
  /** Tells a file from others of its file system. */
  readonly id: number;
  /** Bytes. */
  readonly size: number;
  /** The user that it belongs to. */
  readonly owner: number;
  /** Who may read, write and enter it. */
  readonly mode: number;
}

/** Folders and files for what has no nameless form: see `files/shared_place.ts`. */
export interface Files {
  /** Folders for short-lived files, the best first: in memory, where there is such a thing. */
  readonly places: readonly string[];
  /** Whether files in a folder can be looked at, written and imported, without asking anybody. */
  mayWrite(folder: string): boolean;
  list(folder: string): string[];
  /** Creates a folder that only this user can enter; throws when there is something already. */
  create(folder: string): void;
  /** Writes a file that only this user can read; throws when there is something already. */
  write(path: string, text: string): void;
  /** Gives a file another name; throws when there is something already. */
  link(path: string, name: string): void;
  /** Removes a file, never a folder that has something in it. */
  unlink(path: string): void;
  /** Removes a folder that is empty. */
  removeEmpty(folder: string): void;
  /** Whether it may be looked what stands at a path, without asking anybody. */
  mayLook(path: string): boolean;
  /** What stands at a path, links not followed; `null` when there is nothing. */
  look(path: string): FileFacts | null;
  /** What stands at a path or where a link there leads to; `null` when there is nothing. */
  lookThrough(path: string): FileFacts | null;
}
