/**
 * The C library by `koffi`, an optional dependency.
 *
 * @module
 */

import { type Libc, libcLoader, makeLibc } from "../posix/libc.ts";
import { bindSymbols, type CType, type Native } from "../posix/symbols.ts";
import { runningFile } from "../../support/stack_frames.ts";
import { availableMemory, builtin, nodeProcess } from "./globals.ts";
import { isCompiled, THREADS_NEED } from "./single_executable.ts";

/** The part of `koffi` that is used. */
interface Koffi {
  load(path: string | null): { func(prototype: string): Native };
  view(address: bigint, size: number): ArrayBuffer;
}

/** What `createRequire` gives. */
interface Require {
  (name: string): Koffi;
  resolve(name: string): string;
}

/** Node's error where its permissions, or `--no-addons`, forbid native modules. */
const ADDONS_DISABLED = "ERR_DLOPEN_DISABLED";

/** Types of C in C. */
const TYPES: Record<CType, string> = {
  int: "int",
  unsigned: "unsigned int",
  offset: "int64_t",
  size: "size_t",
  bytes: "void *",
  address: "intptr_t",
};

/**
 * Loads the C library, once.
 *
 * @returns The functions.
 * @throws {NotSupportedError} when `koffi` is not installed, has no binary for this machine, or may not be loaded.
 */
export const loadLibc: () => Libc = libcLoader(
  bind,
  (cause) =>
    (cause as { code?: string }).code === ADDONS_DISABLED
      ? 'and on Node the permission to load native code: allow it by --allow-addons, or use the start method "thread"'
      : `and on Node the optional package "koffi": ${remedy()}`,
);

function remedy(): string {
  if (!isCompiled()) return 'run `npm install koffi`, or use the start method "thread"';
  return `put node_modules/koffi beside the executable, or use the start method "thread": for that ${THREADS_NEED}`;
}

/** The file that has this module in it. */
const file = runningFile(import.meta.url);

/**
 * Loads the binary of the package where it stands as a rule: to have the package look for it takes ten times as long as
 * to load it.
 */
function loadKoffi(require: Require): Koffi {
  const { platform, arch } = nodeProcess();
  try {
    const { dirname } = builtin<typeof import("node:path")>("node:path");
    const packages = dirname(dirname(require.resolve("koffi")));
    return require(`${packages}/@koromix/koffi-${platform}-${arch}/${platform}_${arch}/koffi.node`);
  } catch {
    return require("koffi");
  }
}

function bind(): Libc {
  const { createRequire } = builtin<typeof import("node:module")>("node:module");
  // A compiled program may take the address of a module from where it was built; what stands beside it counts.
  const place = isCompiled() || file === undefined ? nodeProcess().execPath : file;
  const koffi = loadKoffi(createRequire(place));
  const program = koffi.load(null);
  const isLinux = nodeProcess().platform === "linux";
  // The program has the C library in it, whatever that is called.
  const symbols = bindSymbols(isLinux, (_library, name, args, result) => {
    const types = args.map((type) => TYPES[type]).join(", ");
    return program.func(`${TYPES[result]} ${name}(${types})`);
  });
  return makeLibc(symbols, isLinux, {
    availableMemory,
    // Node itself refuses it for buffers of native modules. Marked by `markAsUntransferable`, they end the program: it cannot let go
    // of them at its end.
    forbidTransfer: () => {},
    view: (address, size, offset) => koffi.view(address + BigInt(offset), size),
  });
}
