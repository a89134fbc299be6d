/**
 * How files are reserved and mapped, with the errors that say what to do where that cannot be done.
 *
 * @module
 */

import { NotSupportedError } from "../../errors.ts";
import { canHold, largestBuffer } from "../largest_buffer.ts";
import type { MappedBytes } from "../shared_memory.ts";
import type { Address, Libc } from "./libc.ts";
import { cannotCreate, noSpace, spaceRemedy } from "./space.ts";
import { SHORTAGES } from "../../support/shortage.ts";

const O_RDONLY = 0;
const O_RDWR = 2;
const CLOSE_ON_EXEC_LINUX = 0x80000;
const CLOSE_ON_EXEC_DARWIN = 0x1000000;
/** Bytes from which on it is worth asking whether there is as much memory. */
const LARGE = 2 ** 24;
/** The error number of a file that would be larger than the user's limit. */
const EFBIG = 27;
const encoder = new TextEncoder();

/** Text as C has it. */
export function cString(text: string): Uint8Array {
  return encoder.encode(text + "\0");
}

/** The flag with which a descriptor is not inherited by other programs. */
export function closeOnExec(isLinux: boolean): number {
  return isLinux ? CLOSE_ON_EXEC_LINUX : CLOSE_ON_EXEC_DARWIN;
}

/**
 * Opens a file of shared memory.
 *
 * @param libc The C library.
 * @param isLinux Whether this is Linux.
 * @param path Its path.
 * @returns The descriptor.
 * @throws {NotSupportedError} when it is not there.
 */
export function openFile(libc: Libc, isLinux: boolean, path: string): number {
  const fd = libc.open(cString(path), O_RDWR | closeOnExec(isLinux));
  if (fd >= 0) return fd;
  // At the limit of descriptors it may be there all the same.
  if (!canOpen(libc, "/")) throw cannotOpen();
  throw hasProc(libc) ? givenUp(path) : withoutProc();
}

/**
 * Checks that a file has a size: its path may be that of another file by now, and what is mapped beyond a file's end cannot be read.
 *
 * @param libc The C library.
 * @param fd The file.
 * @param size Bytes.
 * @param path Where it was found.
 * @throws {NotSupportedError} when it is smaller.
 */
export function checkSize(libc: Libc, fd: number, size: number, path: string): void {
  if (libc.seekEnd(fd) < size) throw givenUp(path);
}

/**
 * Reserves memory of a file.
 *
 * @param libc The C library.
 * @param fd The file.
 * @param offset Where it begins (bytes).
 * @param size Bytes.
 * @param where The folder of the file; what stands for one where it has no name.
 * @throws {NotSupportedError} when there is none.
 */
export function reserve(
  libc: Libc,
  fd: number,
  offset: number,
  size: number,
  where: string,
): void {
  if (!canHold(size)) throw tooLarge("create", size);
  // The system would end programs, not refuse, where a file in memory is larger than what is left.
  if (size >= LARGE && size > Math.min(libc.freeSpace(fd), libc.availableMemory())) {
    throw noSpace(libc, fd, size, where);
  }
  const failure = libc.reserve(fd, offset, size);
  if (failure === EFBIG) throw tooLargeFile(size);
  if (failure !== 0) throw noSpace(libc, fd, size, where);
}

/** Maps files; each mapping ends when its buffer is collected. */
export class Mapper {
  readonly #unmapper: FinalizationRegistry<{ address: Address; size: number }>;

  /** @param load Loads the C library. */
  constructor(load: () => Libc) {
    this.#unmapper = new FinalizationRegistry(({ address, size }) => load().unmap(address, size));
  }

  /**
   * Maps a part of a file.
   *
   * @param libc The C library.
   * @param fd The file.
   * @param size Bytes.
   * @param start Where it begins (bytes), a multiple of the page size.
   * @returns The bytes.
   * @throws {NotSupportedError} when there is no room for them.
   */
  map(libc: Libc, fd: number, size: number, start: number = 0): MappedBytes {
    if (!canHold(size)) throw tooLarge("open", size);
    const address = libc.map(fd, size, start);
    if (address === null) {
      throw new NotSupportedError(
        `Cannot map ${size} bytes of shared memory: out of address space`,
      );
    }
    const buffer = libc.view(address, size, 0);
    this.#unmapper.register(buffer, { address, size });
    return { buffer, part: (offset, length) => libc.view(address, length, offset) };
  }
}

/** Whether this process's open files can be seen; also where there is no descriptor left to find out. */
export function hasProc(libc: Libc): boolean {
  return canOpen(libc, "/proc/self/fd") || !canOpen(libc, "/");
}

function canOpen(libc: Libc, path: string): boolean {
  const fd = libc.open(cString(path), O_RDONLY);
  if (fd < 0) return false;
  libc.close(fd);
  return true;
}

/** Makes an action that is done at most once. */
export function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}

/** The error where processes cannot open each other's files. */
export function withoutProc(): NotSupportedError {
  return new NotSupportedError(
    "Processes share memory by files that they open through /proc, and that is not mounted: " +
      'mount it (mount -t proc proc /proc), or use the start method "thread"',
  );
}

/** The error where what should be at a path is not there. */
export function givenUp(path: string): NotSupportedError {
  return new NotSupportedError(
    `Cannot open shared memory at ${path}: its creator has ended, or belongs to another user`,
  );
}

/** The error where no file can be made in a folder. */
export function noFile(libc: Libc, size: number, folder: string): NotSupportedError {
  if (!canOpen(libc, "/")) return tooManyFiles(size);
  return cannotCreate(size, `no file can be made in ${folder}. ${spaceRemedy(folder)}`);
}

function cannotOpen(): NotSupportedError {
  const error = new NotSupportedError(`Cannot open shared memory: ${SHORTAGES.EMFILE}`);
  return Object.assign(error, { code: "EMFILE" });
}

/** The error where there is no descriptor left. */
export function tooManyFiles(size: number): NotSupportedError {
  return cannotCreate(size, SHORTAGES.EMFILE);
}

function tooLarge(action: string, size: number): NotSupportedError {
  return new NotSupportedError(
    `Cannot ${action} ${size} bytes of shared memory: one buffer of this runtime has ${largestBuffer()} at most`,
  );
}

function tooLargeFile(size: number): NotSupportedError {
  return cannotCreate(
    size,
    "files have a limit, and shared memory is in files. Lift it (ulimit -f unlimited)",
  );
}
