/**
 * The C library by `bun:ffi`.
 *
 * @module
 */

import { NotSupportedError } from "../../errors.ts";
import { type Libc, PUNCH_HOLE } from "../posix/libc.ts";
import { builtin, nodeProcess } from "../node/globals.ts";

type Native = (...args: unknown[]) => unknown;

/** The part of `bun:ffi` that is used. */
interface BunFfi {
  dlopen(path: string, symbols: Record<string, { args: string[]; returns: string }>): {
    symbols: Record<string, Native>;
  };
  toArrayBuffer(address: unknown, offset: number, size: number): ArrayBuffer;
}

const SYMBOLS: Record<string, { args: string[]; returns: string }> = {
  mkostemp: { args: ["ptr", "i32"], returns: "i32" },
  open: { args: ["ptr", "i32"], returns: "i32" },
  unlink: { args: ["ptr"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
  lseek: { args: ["i32", "i64", "i32"], returns: "i64" },
  ftruncate: { args: ["i32", "i64"], returns: "i32" },
  mmap: { args: ["ptr", "u64", "i32", "i32", "i32", "i64"], returns: "i64" },
  munmap: { args: ["i64", "u64"], returns: "i32" },
  getppid: { args: [], returns: "i32" },
};
const LINUX_SYMBOLS: typeof SYMBOLS = {
  posix_fallocate: { args: ["i32", "i64", "i64"], returns: "i32" },
  fallocate: { args: ["i32", "i32", "i64", "i64"], returns: "i32" },
  memfd_create: { args: ["ptr", "u32"], returns: "i32" },
  prctl: { args: ["i32", "u64"], returns: "i32" },
};

let loaded: Libc | null = null;

/**
 * Loads the C library, once.
 *
 * @returns The functions.
 * @throws {NotSupportedError} when this machine has no C library that can be loaded.
 */
export function loadLibc(): Libc {
  loaded ??= bind();
  return loaded;
}

function bind(): Libc {
  const { platform } = nodeProcess();
  const linux = platform === "linux";
  const ffi = builtin<BunFfi>("bun:ffi");
  const symbols = linux ? { ...SYMBOLS, ...LINUX_SYMBOLS } : SYMBOLS;
  const native = open(ffi, linux ? ["libc.so.6", "libc.so"] : ["libSystem.B.dylib"], symbols);
  const seekEnd = (fd: number): number => Number(native.lseek(fd, 0, 2));
  return {
    memfdCreate: (name, flags) => native.memfd_create(name, flags) as number,
    mkostemp: (template, flags) => native.mkostemp(template, flags) as number,
    open: (path, flags) => native.open(path, flags) as number,
    unlink: (path) => native.unlink(path) as number,
    close: (fd) => native.close(fd) as number,
    seekEnd,
    reserve: (fd, offset, size) =>
      (linux
        ? native.posix_fallocate(fd, offset, size)
        : native.ftruncate(fd, Math.max(seekEnd(fd), offset + size))) as number,
    availableMemory: () => nodeProcess().availableMemory?.() ?? Infinity,
    release: (fd, offset, size) => {
      if (linux) native.fallocate(fd, PUNCH_HOLE, offset, size);
    },
    map: (fd, size, offset) => {
      const address = Number(native.mmap(null, size, 3, 1, fd, offset));
      return address === -1 ? null : address;
    },
    unmap: (address, size) => void native.munmap(address, size),
    view: (address, size, offset) => ffi.toArrayBuffer(address, offset, size),
    setParentDeathSignal: (signal) => void native.prctl(1, signal),
    parentPid: () => native.getppid() as number,
  };
}

function open(ffi: BunFfi, names: string[], symbols: typeof SYMBOLS): Record<string, Native> {
  let cause: unknown;
  for (const name of names) {
    try {
      return ffi.dlopen(name, symbols).symbols;
    } catch (error) {
      cause = error;
    }
  }
  throw new NotSupportedError(
    'The start method "process" needs shared memory, which this machine does not offer: use "thread"',
    { cause },
  );
}
