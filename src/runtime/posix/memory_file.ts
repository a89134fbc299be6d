/**
 * A file in memory of which parts are mapped one by one.
 *
 * @module
 */

import type { MappedBytes, MemoryFile } from "../shared_memory.ts";
import { FileLock, type Libc } from "./libc.ts";
import { checkSize, givenUp, type Mapper, once, openFile, reserve } from "./mapping.ts";

/** Calls an action with the descriptor of a file. */
type WithFile = <T>(action: (libc: Libc, fd: number) => T) => T;

/** What files have in common. */
export interface FileServices {
  readonly libc: Libc;
  readonly isLinux: boolean;
  readonly mapper: Mapper;
}

/** {@linkcode MemoryFile}, however its descriptor is had. */
class PosixMemoryFile implements MemoryFile {
  readonly path: string;
  readonly close: () => void;
  readonly #mapper: Mapper;
  readonly #withFile: WithFile;

  constructor(path: string, mapper: Mapper, withFile: WithFile, close: () => void) {
    this.path = path;
    this.close = close;
    this.#mapper = mapper;
    this.#withFile = withFile;
  }

  create(offset: number, size: number): MappedBytes {
    return this.#withFile((libc, fd) => {
      reserve(libc, fd, offset, size, "memory");
      return this.#mapper.map(libc, fd, size, offset);
    });
  }

  open(offset: number, size: number): MappedBytes {
    return this.#withFile((libc, fd) => {
      checkSize(libc, fd, offset + size, this.path);
      return this.#mapper.map(libc, fd, size, offset);
    });
  }

  free(offset: number, size: number): void {
    this.#withFile((libc, fd) => libc.release(fd, offset, size));
  }

  hold(byte: number): boolean {
    return this.#withFile((libc, fd) => libc.lock(fd, byte, FileLock.shared));
  }

  holdAlone(byte: number): boolean {
    return this.#withFile((libc, fd) => libc.lock(fd, byte, FileLock.exclusive));
  }

  letGo(byte: number): void {
    this.#withFile((libc, fd) => libc.lock(fd, byte, FileLock.none));
  }
}

/** A file that stays open: nothing that is done with it needs another descriptor. */
export function openMemoryFile(
  { libc, mapper }: FileServices,
  path: string,
  fd: number,
): MemoryFile {
  let isOpen = true;
  const close = once(() => {
    isOpen = false;
    libc.close(fd);
  });
  const withFile: WithFile = (action) => {
    // The number may be that of another file by now.
    if (!isOpen) throw givenUp(path);
    return action(libc, fd);
  };
  return new PosixMemoryFile(path, mapper, withFile, close);
}

/** A file that is opened again by its path for all that is done with it; so it cannot be held. */
export function namedMemoryFile(
  { libc, isLinux, mapper }: FileServices,
  path: string,
  close: () => void,
): MemoryFile {
  const withFile: WithFile = (action) => {
    const fd = openFile(libc, isLinux, path);
    try {
      return action(libc, fd);
    } finally {
      libc.close(fd);
    }
  };
  return new PosixMemoryFile(path, mapper, withFile, once(close));
}
