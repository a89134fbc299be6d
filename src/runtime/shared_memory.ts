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
  /** Opens a block so that others can open it through this process as well, under the path of the result. */
  adopt(ref: MappingRef): Mapping;
  /**
   * Has a buffer refuse to be transferred: who got its memory so would lose it when the old buffer is collected.
   *
   * @param buffer A buffer of a mapping that users get; it may have been given before.
   */
  forbidTransfer(buffer: ArrayBuffer): void;
}

/**
 * More memory in a block's file, behind the block's own bytes; whoever has the block can open it. It ends with the
 * block at the latest, and is unmapped when its buffer is collected. Where a part begins in the file (bytes) is a
 * multiple of the page size.
 */
export interface MappingParts {
  /**
   * Reserves a part.
   *
   * @throws {NotSupportedError} when there is no memory left.
   */
  create(offset: number, size: number): ArrayBuffer;
  /**
   * Opens a part that some process has reserved.
   *
   * @throws {NotSupportedError} when the file ends before it.
   */
  open(offset: number, size: number): ArrayBuffer;
  /** Gives back a part, whoever has it open; may be repeated. Where blocks have no names it needs no descriptor. */
  free(offset: number, size: number): void;
}

/** A block of shared memory as this process sees it. The memory is unmapped when `buffer` is collected. */
export interface Mapping {
  readonly path: string;
  readonly buffer: ArrayBuffer;
  /** Good until `close()`. */
  readonly parts: MappingParts;
  /** Some of its bytes as a buffer of their own, which does not keep the memory mapped: `buffer` must outlive it. */
  part(offset: number, size: number): ArrayBuffer;
  /** Gives up the path: nobody can open it through this process any more. */
  close(): void;
}
