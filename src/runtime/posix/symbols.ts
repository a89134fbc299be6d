/**
 * The functions of the C library that are used, and how they are called: each adapter binds one at a time, in the
 * notation of its foreign function interface.
 *
 * @module
 */

/** A type of C, called by what it is used for. */
export type CType =
  /** `int` */
  | "int"
  /** `unsigned int` */
  | "unsigned"
  /** `off_t`, 64 bits */
  | "offset"
  /** `size_t`, or another unsigned type of a register's size */
  | "size"
  /** A pointer to bytes of this program, or null. */
  | "bytes"
  /** A pointer to memory that the system gave, as a number. */
  | "address";

/** A function: the types of its arguments, and that of its result. */
type Signature = readonly [args: readonly CType[], result: CType];

/** The functions that are everywhere. */
type Common =
  | "mkostemp"
  | "open"
  | "unlink"
  | "close"
  | "lseek"
  | "ftruncate"
  | "mmap"
  | "munmap"
  | "getppid"
  | "geteuid";

/** The functions that are on Linux only. */
type OnLinux =
  | "posix_fallocate"
  | "fallocate"
  | "fcntl"
  | "fstatfs"
  | "memfd_create"
  | "memmove"
  | "madvise"
  | "prctl"
  | "signal";

const everywhere: Record<Common, Signature> = {
  mkostemp: [["bytes", "int"], "int"],
  open: [["bytes", "int"], "int"],
  unlink: [["bytes"], "int"],
  close: [["int"], "int"],
  lseek: [["int", "offset", "int"], "offset"],
  ftruncate: [["int", "offset"], "int"],
  mmap: [["bytes", "size", "int", "int", "int", "offset"], "address"],
  munmap: [["address", "size"], "int"],
  getppid: [[], "int"],
  geteuid: [[], "unsigned"],
};

const onLinux: Record<OnLinux, Signature> = {
  posix_fallocate: [["int", "offset", "offset"], "int"],
  fallocate: [["int", "int", "offset", "offset"], "int"],
  fcntl: [["int", "int", "bytes"], "int"],
  fstatfs: [["int", "bytes"], "int"],
  memfd_create: [["bytes", "unsigned"], "int"],
  memmove: [["bytes", "bytes", "size"], "address"],
  madvise: [["address", "size", "int"], "int"],
  prctl: [["int", "size"], "int"],
  signal: [["int", "size"], "address"],
};

/** A function as it is called. */
export type Native = (...args: unknown[]) => unknown;

/** All functions. Those of Linux are not there elsewhere. */
export type Symbols = Record<Common | OnLinux, Native>;

/** Binds a function of a library; throws where there is no such library or function. */
export type Bind = (
  library: string,
  name: string,
  args: readonly CType[],
  result: CType,
) => Native;

/**
 * Binds the functions, each when it is first called: that takes longer than the call, and most programs call few.
 *
 * @param isLinux Whether this is Linux.
 * @param bind Binds one.
 * @returns The functions.
 * @throws What `bind` throws where there is no C library.
 */
export function bindSymbols(isLinux: boolean, bind: Bind): Symbols {
  const table: Record<string, Signature> = isLinux ? { ...everywhere, ...onLinux } : everywhere;
  // A library that has the youngest function has all.
  const youngest = isLinux ? "memfd_create" : "mkostemp";
  const { library, native } = bindFirst(isLinux, youngest, table[youngest], bind);
  const lazy = Object.entries(table).map(([name, [args, result]]) =>
    [name, lazily(() => bind(library, name, args, result))] as const
  );
  return { ...Object.fromEntries(lazy), [youngest]: native } as Symbols;
}

/** Binds a function under the first name of the C library that works. */
function bindFirst(
  isLinux: boolean,
  name: string,
  [args, result]: Signature,
  bind: Bind,
): { library: string; native: Native } {
  let cause: unknown;
  for (const library of isLinux ? ["libc.so.6", "libc.so"] : ["libSystem.B.dylib"]) {
    try {
      return { library, native: bind(library, name, args, result) };
    } catch (error) {
      cause = error;
    }
  }
  throw cause;
}

function lazily(bind: () => Native): Native {
  let native: Native | null = null;
  return (...args) => (native ??= bind())(...args);
}
