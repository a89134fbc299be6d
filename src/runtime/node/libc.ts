/**
 * The C library by `koffi`, an optional dependency.
 *
 * @module
 */

import { NotSupportedError } from "../../errors.ts";
import { type Address, type Libc, PUNCH_HOLE } from "../posix/libc.ts";
import { builtin, nodeProcess } from "./globals.ts";

type Native = (...args: unknown[]) => unknown;

/** The part of `koffi` that is used. */
interface Koffi {
  load(path: string | null): { func(prototype: string): Native };
  view(address: Address, size: number): ArrayBuffer;
}

let loaded: Libc | null = null;

/**
 * Loads the C library, once.
 *
 * @returns The functions.
 * @throws {NotSupportedError} when `koffi` is not installed, or has no binary for this machine.
 */
export function loadLibc(): Libc {
  loaded ??= bind(loadKoffi());
  return loaded;
}

function loadKoffi(): Koffi {
  try {
    const { createRequire } = builtin<typeof import("node:module")>("node:module");
    return createRequire(import.meta.url)("koffi") as Koffi;
  } catch (cause) {
    throw new NotSupportedError(
      'The start method "process" needs shared memory, and on Node the optional package "koffi": ' +
        'run `npm install koffi`, or use the start method "thread"',
      { cause },
    );
  }
}

/** Long because it is a list. */
function bind(koffi: Koffi): Libc {
  const library = koffi.load(null);
  const lazily = (prototype: string): Native => {
    let native: Native | null = null;
    return (...args) => (native ??= library.func(prototype))(...args);
  };
  const memfdCreate = lazily("int memfd_create(const void *, unsigned int)");
  const mkostemp = lazily("int mkostemp(void *, int)");
  const open = lazily("int open(const void *, int)");
  const unlink = lazily("int unlink(const void *)");
  const close = lazily("int close(int)");
  const lseek = lazily("int64_t lseek(int, int64_t, int)");
  const truncate = lazily("int ftruncate(int, int64_t)");
  const allocate = lazily("int posix_fallocate(int, int64_t, int64_t)");
  const punch = lazily("int fallocate(int, int, int64_t, int64_t)");
  const mmap = lazily("intptr_t mmap(void *, size_t, int, int, int, int64_t)");
  const munmap = lazily("int munmap(intptr_t, size_t)");
  const prctl = lazily("int prctl(int, unsigned long)");
  const getppid = lazily("int getppid()");
  const linux = (): boolean => nodeProcess().platform === "linux";
  const seekEnd = (fd: number): number => Number(lseek(fd, 0, 2));
  return {
    memfdCreate: (name, flags) => memfdCreate(name, flags) as number,
    mkostemp: (template, flags) => mkostemp(template, flags) as number,
    open: (path, flags) => open(path, flags) as number,
    unlink: (path) => unlink(path) as number,
    close: (fd) => close(fd) as number,
    seekEnd,
    reserve: (fd, offset, size) =>
      (linux()
        ? allocate(fd, offset, size)
        : truncate(fd, Math.max(seekEnd(fd), offset + size))) as number,
    availableMemory: () => nodeProcess().availableMemory?.() ?? Infinity,
    release: (fd, offset, size) => {
      if (linux()) punch(fd, PUNCH_HOLE, offset, size);
    },
    map: (fd, size, offset) => {
      const address = mmap(null, size, 3, 1, fd, offset);
      return Number(address) === -1 ? null : address;
    },
    unmap: (address, size) => void munmap(address, size),
    view: (address, size, offset) => koffi.view(addTo(address as number | bigint, offset), size),
    setParentDeathSignal: (signal) => void prctl(1, signal),
    parentPid: () => getppid() as number,
  };
}

/** Addresses are numbers as long as these are exact. */
function addTo(address: number | bigint, offset: number): number | bigint {
  return typeof address === "bigint" ? address + BigInt(offset) : address + offset;
}
