/**
 * The C library by `Deno.dlopen`.
 *
 * @module
 */

import { forbidTransfer } from "../node/globals.ts";
import { cgroupMemory } from "../posix/cgroup_memory.ts";
import { type Libc, libcLoader, makeLibc } from "../posix/libc.ts";
import { bindSymbols, type CType } from "../posix/symbols.ts";
import { deno } from "./globals.ts";
import { isGranted, lackingFlags } from "./permissions.ts";
import { readGranted } from "./read_granted.ts";

const SIGXFSZ = 25;
const SIG_IGN = 1n;

/** Types of C in the notation of Deno. */
const TYPES: Record<CType, string> = {
  int: "i32",
  unsigned: "u32",
  offset: "i64",
  size: "usize",
  bytes: "buffer",
  address: "isize",
};

/**
 * Loads the C library, once.
 *
 * @returns The functions.
 * @throws {NotSupportedError} when the permission is missing, or no C library can be loaded.
 */
export const loadLibc: () => Libc = libcLoader(
  bind,
  () =>
    `and on Deno the permissions for it: allow it by ${lackingFlags() || "--allow-ffi"}, ` +
    'or use the start method "thread"',
);

function bind(): Libc {
  // Without it nobody could be woken, who has waited already.
  if (!isGranted({ name: "net" })) throw new Error("no permission for sockets");
  const isLinux = deno().build.os === "linux";
  const symbols = bindSymbols(isLinux, (library, name, args, result) => {
    const declaration = { parameters: args.map((type) => TYPES[type]), result: TYPES[result] };
    return deno().dlopen(library, { [name]: declaration }).symbols[name];
  });
  // The other runtimes have done so: a file that would be too large is an error then, not the end of the program.
  if (isLinux) symbols.signal(SIGXFSZ, SIG_IGN);
  return makeLibc(symbols, isLinux, { availableMemory, forbidTransfer, view });
}

function view(address: bigint, size: number, offset: number): ArrayBuffer {
  const { UnsafePointer, UnsafePointerView } = deno();
  return UnsafePointerView.getArrayBuffer(UnsafePointer.create(address), size, offset);
}

/** Whoever only makes something large is not to be prompted. */
function availableMemory(): number {
  const ofMachine = isGranted({ name: "sys", kind: "systemMemoryInfo" })
    ? deno().systemMemoryInfo().available
    : Infinity;
  return Math.min(ofMachine, cgroupMemory(readGranted));
}
