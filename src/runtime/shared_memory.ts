/**
 * Shared memory between processes, as the runtimes give it.
 *
 * @module
 */

/** Where a block of shared memory is found: plain data, good in every process of the machine's user. */
export interface MappingRef {
  /** A path that opens it. */
  readonly path: string;
  /** Stands in the block's first word, so that a path that was given to another block is noticed. */
  readonly nonce: number;
  /** Bytes. */
  readonly size: number;
}

/** Shared memory between processes. */
export interface MemoryHost {
  /** Whether blocks need no name, so that nothing can be left behind. */
  readonly nameless: boolean;
  /**
   * Creates a block of zeros.
   *
   * @param size Bytes.
   * @param folder A folder to create it in under a lasting name; `null` for a block without a name,
   *   which the kernel frees with its last user.
   * @throws {NotSupportedError} when this machine or its permissions do not allow it; says the remedy.
   * @throws {RangeError} when no buffer of this runtime holds so much.
   */
  create(size: number, folder: string | null): Mapping;
  /**
   * Opens a block that another process created.
   *
   * @throws {NotSupportedError} when there is none at the path, or what is there is smaller.
   * @throws {RangeError} when no buffer of this runtime holds so much.
   */
  open(ref: MappingRef): Mapping;
  /**
   * Creates a file of which parts are used one by one; it is empty.
   *
   * @param folder As with `create`.
   * @throws {NotSupportedError} as `create` does.
   */
  createFile(folder: string | null): MemoryFile;
  /**
   * Opens a file that another process created, so that others can open it through this process as well.
   *
   * @throws {NotSupportedError} when there is none at the path.
   */
  openFile(path: string): MemoryFile;
  /**
   * Makes it cheaper to fill memory of this process for the first time, where the system can do something about that, and
   * nobody has to be asked: each small page costs more than to copy what comes into it.
   *
   * @param bytes New memory, to which nothing was written yet.
   */
  prepare(bytes: Uint8Array): void;
  /**
   * Has a buffer refuse to be transferred: who got its memory so would lose it when the old buffer is collected.
   *
   * @param buffer A buffer of a mapping that users get; it may have been given before.
   */
  forbidTransfer(buffer: ArrayBuffer): void;
}

/** Bytes of shared memory as this process sees them. They are unmapped when `buffer` is collected. */
export interface MappedBytes {
  readonly buffer: ArrayBuffer;
  /** Some of them as a buffer of their own, which does not keep the memory mapped: `buffer` must outlive it. */
  part(offset: number, size: number): ArrayBuffer;
}

/**
 * A file of shared memory, whose parts are reserved, mapped and given back one by one; it ends with the last process that has it open.
 * Where a part begins (bytes) is a multiple of 64 KiB, as large as pages are anywhere.
 *
 * Its bytes, up to the largest offset, can also be held: by any number of processes, or by one alone. The system takes from a
 * process that ends what it held; so this tells who still uses what, whatever happens to them. Where files have names it cannot be done.
 */
export interface MemoryFile {
  /** A path that opens it while this process has it open. */
  readonly path: string;
  /**
   * Reserves a part and maps it; it is zeros where nobody has used it before.
   *
   * @throws {NotSupportedError} when there is no memory left.
   */
  create(offset: number, size: number): MappedBytes;
  /**
   * Maps a part that some process has reserved.
   *
   * @throws {NotSupportedError} when the file ends before it.
   */
  open(offset: number, size: number): MappedBytes;
  /** Gives back a part, whoever has it mapped: it is zeros then. May be repeated, and needs no descriptor where files have no names. */
  free(offset: number, size: number): void;
  /** Holds a byte together with others. Returns whether it could be done: nobody has it alone. */
  hold(byte: number): boolean;
  /** Holds a byte alone. Returns whether it could be done: nobody else holds it. */
  holdAlone(byte: number): boolean;
  /** Holds a byte no more. */
  letGo(byte: number): void;
  /** Gives up the file: nothing more can be done with it here, and nobody can open it through this process. */
  close(): void;
}

/** A block of shared memory as this process sees it. The memory is unmapped when `buffer` is collected. */
export interface Mapping {
  readonly path: string;
  readonly buffer: ArrayBuffer;
  /** Gives up the path: nobody can open it through this process any more. */
  close(): void;
}
