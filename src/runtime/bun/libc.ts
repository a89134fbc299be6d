/**
 * The C library by `bun:ffi`.
 *
 * @module
 */

import { availableMemory, builtin, forbidTransfer, nodeProcess } from "../node/globals.ts";
import { nodeSystem } from "../node/system.ts";
import { cgroupMemory } from "../posix/cgroup_memory.ts";
import { type Libc, libcLoader, makeLibc } from "../posix/libc.ts";
import { bindSymbols, type CType, type Native } from "../posix/symbols.ts";

/** The part of `bun:ffi` that is used. */
interface BunFfi {
  dlopen(path: string, symbols: Record<string, { args: string[]; returns: string }>): {
    symbols: Record<string, Native>;
  };
  toArrayBuffer(address: number, offset: number, size: number): ArrayBuffer;
}

/** Types of C in the notation of Bun. */
const TYPES: Record<CType, string> = {
  int: "i32",
  unsigned: "u32",
  offset: "i64",
  size: "u64",
  bytes: "ptr",
  address: "i64",
};

/**
 * Loads the C library, once.
 *
 * @returns The functions.
 * @throws {NotSupportedError} when this machine has no C library that can be loaded.
 */
export const loadLibc: () => Libc = libcLoader(
  bind,
  () => 'which this machine does not offer: use "thread"',
);

function bind(): Libc {
  const ffi = builtin<BunFfi>("bun:ffi");
  const isLinux = nodeProcess().platform === "linux";
  const symbols = bindSymbols(isLinux, (library, name, args, result) => {
    const declaration = { args: args.map((type) => TYPES[type]), returns: TYPES[result] };
    return ffi.dlopen(library, { [name]: declaration }).symbols[name];
  });
  return makeLibc(symbols, isLinux, {
    // Bun tells of the machine alone.
    availableMemory: () => Math.min(availableMemory(), cgroupMemory(nodeSystem.read)),
    forbidTransfer,
    view: (address, size, offset) => ffi.toArrayBuffer(Number(address), offset, size),
  });
}
