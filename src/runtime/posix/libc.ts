/**
 * The few things that are wanted of the C library, written once over its functions.
 *
 * @module
 */

import { NotSupportedError } from "../../errors.ts";
import type { Symbols } from "./symbols.ts";

/** An address. */
export type Address = bigint;

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
  /** Bytes that a file's file system has left; `Infinity` where it has no limit of its own, or that cannot be told. */
  freeSpace(fd: number): number;
  /** Bytes of memory that can still be had without ending other programs; `Infinity` where that cannot be told. */
  availableMemory(): number;
  /** Gives pages of a file back, where that can be done; they are zeros then. */
  release(fd: number, offset: number, size: number): void;
  /**
   * Locks a byte of a file for this opening of it, without waiting; the system unlocks it when nobody has that opening any
   * more. Returns whether it could be done. On Linux only.
   *
   * @param kind One of {@linkcode FileLock}.
   */
  lock(fd: number, byte: number, kind: number): boolean;
  /** Maps a part of a file for reading and writing; `null` where it fails. */
  map(fd: number, size: number, offset: number): Address | null;
  unmap(address: Address, size: number): void;
  /** The mapped bytes, from an offset on, as a buffer that does not own them. */
  view(address: Address, size: number, offset: number): ArrayBuffer;
  /** Has `structuredClone` and `postMessage` refuse to transfer a buffer that {@linkcode view} made. */
  forbidTransfer(buffer: ArrayBuffer): void;
  /** Has the system give large pages for bytes that nothing was written to yet, where it has some. On Linux only. */
  preferLargePages(bytes: Uint8Array): void;
  /** `prctl(PR_SET_PDEATHSIG, signal)`. */
  setParentDeathSignal(signal: number): void;
  parentPid(): number;
  /** The effective user that this process runs as. */
  userId(): number;
}

/** How a byte is locked: the types of `struct flock`. */
export const FileLock = { shared: 0, exclusive: 1, none: 2 } as const;

const EINTR = 4;
const SEEK_END = 2;
/** `FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE` */
const PUNCH_HOLE = 3;
/** `PROT_READ | PROT_WRITE` */
const READ_WRITE = 3;
const MAP_SHARED = 1;
const MAP_FAILED = -1n;
/** `MADV_HUGEPAGE` */
const HUGE_PAGES = 14;
/** The largest page that is a usual one anywhere (bytes): advice is given for whole pages. */
const PAGE = 1n << 16n;
const PR_SET_PDEATHSIG = 1;
/** `F_OFD_SETLK` */
const SET_LOCK = 37;
/** `struct flock`: type and origin as `short`, then start, length and process as 64 bits. */
const lockRequest = new BigInt64Array([0n, 0n, 1n, 0n]);
const lockKind = new Int16Array(lockRequest.buffer);
const lockBytes = new Uint8Array(lockRequest.buffer);
/** Words of `struct statfs` on systems of 64 bits, and which of them tell a block's bytes, all blocks and those left. */
const STATFS = { words: 15, blockSize: 1, blocks: 2, available: 4 };

/**
 * Makes what is wanted of the C library.
 *
 * @param c The C library's functions. What has 64 bits is given as a bigint, and comes back as one or as a number.
 * @param isLinux Whether this is Linux.
 * @param own What the runtime does in its own way.
 * @returns The functions.
 */
export function makeLibc(
  c: Symbols,
  isLinux: boolean,
  own: Pick<Libc, "availableMemory" | "forbidTransfer" | "view">,
): Libc {
  const seekEnd = (fd: number): number => Number(c.lseek(fd, 0n, SEEK_END));
  return {
    ...own,
    seekEnd,
    memfdCreate: (name, flags) => c.memfd_create(name, flags) as number,
    mkostemp: (template, flags) => c.mkostemp(template, flags) as number,
    open: (path, flags) => c.open(path, flags) as number,
    unlink: (path) => c.unlink(path) as number,
    close: (fd) => c.close(fd) as number,
    reserve: (fd, offset, size) =>
      isLinux
        ? reserveUndisturbed(c, fd, offset, size)
        : c.ftruncate(fd, BigInt(Math.max(seekEnd(fd), offset + size))) as number,
    freeSpace: (fd) => isLinux ? freeSpace(c, fd) : Infinity,
    release: (fd, offset, size) => {
      if (isLinux) c.fallocate(fd, PUNCH_HOLE, BigInt(offset), BigInt(size));
    },
    lock: (fd, byte, kind) => isLinux && lock(c, fd, byte, kind),
    map: (fd, size, offset) => {
      const found = c.mmap(null, BigInt(size), READ_WRITE, MAP_SHARED, fd, BigInt(offset));
      const address = BigInt(found as number | bigint);
      return address === MAP_FAILED ? null : address;
    },
    unmap: (address, size) => void c.munmap(address, BigInt(size)),
    preferLargePages: (bytes) => isLinux ? preferLargePages(c, bytes) : undefined,
    setParentDeathSignal: (signal) => void c.prctl(PR_SET_PDEATHSIG, BigInt(signal)),
    parentPid: () => c.getppid() as number,
    userId: () => c.geteuid() as number,
  };
}

/** A signal to this process, of a child that ended say, is no want of space. */
function reserveUndisturbed(c: Symbols, fd: number, offset: number, size: number): number {
  for (;;) {
    const error = c.posix_fallocate(fd, BigInt(offset), BigInt(size)) as number;
    if (error !== EINTR) return error;
  }
}

function lock(c: Symbols, fd: number, byte: number, kind: number): boolean {
  lockKind[0] = kind;
  lockRequest[1] = BigInt(byte);
  return c.fcntl(fd, SET_LOCK, lockBytes) === 0;
}

function preferLargePages(c: Symbols, bytes: Uint8Array): void {
  // It gives back its first argument: so all runtimes tell the address alike.
  const address = BigInt(c.memmove(bytes, bytes, 0n) as number | bigint);
  const start = (address + PAGE - 1n) & -PAGE;
  const end = (address + BigInt(bytes.byteLength)) & -PAGE;
  if (end > start) c.madvise(start, end - start, HUGE_PAGES);
}

function freeSpace(c: Symbols, fd: number): number {
  const facts = new BigInt64Array(STATFS.words);
  if (c.fstatfs(fd, new Uint8Array(facts.buffer)) !== 0) return Infinity;
  if (facts[STATFS.blocks] === 0n) return Infinity;
  return Number(facts[STATFS.blockSize] * facts[STATFS.available]);
}

/**
 * Makes what loads the C library, once.
 *
 * @param load Loads it; throws where that cannot be done.
 * @param remedy Says of an error what is missing then, and what to do, as the end of a sentence.
 * @returns Gives the functions; throws a `NotSupportedError` where `load` throws.
 */
export function libcLoader(load: () => Libc, remedy: (cause: unknown) => string): () => Libc {
  let loaded: Libc | null = null;
  return () => {
    try {
      return loaded ??= load();
    } catch (cause) {
      const what = 'The start method "process" needs shared memory';
      throw new NotSupportedError(`${what}, ${remedy(cause)}`, { cause });
    }
  };
}
