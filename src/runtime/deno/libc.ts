/**
 * The C library by `Deno.dlopen`.
 *
 * @module
 */

import { NotSupportedError } from "../../errors.ts";
import { type Address, type Libc, PUNCH_HOLE } from "../posix/libc.ts";
import { deno, type DenoPointer } from "./globals.ts";

type Native = (...args: unknown[]) => unknown;

const SYMBOLS = {
  mkostemp: { parameters: ["buffer", "i32"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  unlink: { parameters: ["buffer"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  mmap: { parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
  munmap: { parameters: ["pointer", "usize"], result: "i32" },
  getppid: { parameters: [], result: "i32" },
  geteuid: { parameters: [], result: "u32" },
};
const LINUX_SYMBOLS = {
  posix_fallocate: { parameters: ["i32", "i64", "i64"], result: "i32" },
  fallocate: { parameters: ["i32", "i32", "i64", "i64"], result: "i32" },
  memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  prctl: { parameters: ["i32", "u64"], result: "i32" },
};

/** What is asked of the C library on Deno alone. */
interface DenoLibc extends Libc {
  /** The effective user. */
  userId(): number;
}

let loaded: DenoLibc | null = null;

/**
 * Loads the C library, once.
 *
 * @returns The functions.
 * @throws {NotSupportedError} when the permission is missing, or no C library can be loaded.
 */
export function loadLibc(): DenoLibc {
  loaded ??= bind();
  return loaded;
}

function bind(): DenoLibc {
  const linux = deno().build.os === "linux";
  const symbols = linux ? { ...SYMBOLS, ...LINUX_SYMBOLS } : SYMBOLS;
  const native = open(linux ? ["libc.so.6", "libc.so"] : ["libSystem.B.dylib"], symbols);
  const seekEnd = (fd: number): number => Number(native.lseek(fd, 0n, 2));
  return {
    memfdCreate: (name, flags) => native.memfd_create(name, flags) as number,
    mkostemp: (template, flags) => native.mkostemp(template, flags) as number,
    open: (path, flags) => native.open(path, flags) as number,
    unlink: (path) => native.unlink(path) as number,
    close: (fd) => native.close(fd) as number,
    seekEnd,
    reserve: (fd, offset, size) =>
      (linux
        ? native.posix_fallocate(fd, BigInt(offset), BigInt(size))
        : native.ftruncate(fd, BigInt(Math.max(seekEnd(fd), offset + size)))) as number,
    availableMemory,
    release: (fd, offset, size) => {
      if (linux) native.fallocate(fd, PUNCH_HOLE, BigInt(offset), BigInt(size));
    },
    map: (fd, size, offset) => {
      const address = native.mmap(null, BigInt(size), 3, 1, fd, BigInt(offset)) as DenoPointer;
      const failed = BigInt.asIntN(64, deno().UnsafePointer.value(address)) === -1n;
      return failed ? null : address;
    },
    unmap: (address: Address, size) => void native.munmap(address, BigInt(size)),
    view: (address: Address, size, offset) =>
      deno().UnsafePointerView.getArrayBuffer(address as DenoPointer, size, offset),
    setParentDeathSignal: (signal) => void native.prctl(1, BigInt(signal)),
    parentPid: () => native.getppid() as number,
    userId: () => native.geteuid() as number,
  };
}

/** Whoever only makes something large is not to be prompted. */
function availableMemory(): number {
  const { state } = deno().permissions.querySync({ name: "sys", kind: "systemMemoryInfo" });
  return state === "granted" ? deno().systemMemoryInfo().available : Infinity;
}

function open(names: string[], symbols: typeof SYMBOLS): Record<string, Native> {
  let cause: unknown;
  for (const name of names) {
    try {
      return deno().dlopen(name, symbols).symbols;
    } catch (error) {
      cause = error;
    }
  }
  throw new NotSupportedError(
    'The start method "process" needs shared memory, and on Deno the permissions --allow-ffi and --allow-run: ' +
      'allow them, or use the start method "thread"',
    { cause },
  );
}
