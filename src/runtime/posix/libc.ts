/**
 * The few functions of the C library that shared memory needs, as each runtime's foreign function
 * interface gives them.
 *
 * @module
 */

/** An address, in the form that the runtime's foreign function interface uses. */
export type Address = unknown;

/** What is needed of the C library. Functions that fail return -1. */
export interface Libc {
  /** Creates a file without a name, on Linux; the name given is only shown to people. */
  memfdCreate(name: Uint8Array, flags: number): number;
  /** Creates a file from a template that ends in `XXXXXX\0`, which is replaced in place. */
  mkostemp(template: Uint8Array, flags: number): number;
  open(path: Uint8Array, flags: number): number;
  unlink(path: Uint8Array): number;
  close(fd: number): number;
  /** Moves to the end of a file. Returns its size. */
  seekEnd(fd: number): number;
  /** Reserves pages of a file, so that a full file system is an error here and no crash later; returns an error number. */
  reserve(fd: number, offset: number, size: number): number;
  /** Bytes of memory that can still be had without ending other programs; `Infinity` where that cannot be told. */
  availableMemory(): number;
  /** Gives pages of a file back, where that can be done; they are zeros then. */
  release(fd: number, offset: number, size: number): void;
  /** Maps a part of a file for reading and writing; `null` where it fails. */
  map(fd: number, size: number, offset: number): Address | null;
  unmap(address: Address, size: number): void;
  /** The mapped bytes, from an offset on, as a buffer that does not own them. */
  view(address: Address, size: number, offset: number): ArrayBuffer;
  /** `prctl(PR_SET_PDEATHSIG, signal)`. */
  setParentDeathSignal(signal: number): void;
  parentPid(): number;
}

/** `FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE` */
export const PUNCH_HOLE = 3;
