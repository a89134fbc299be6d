/**
 * Blocks for processes: each is a mapping of its own.
 *
 * @module
 */

import { NotSupportedError } from "../errors.ts";
import type { Mapping, MappingRef, MemoryHost } from "../runtime/shared_memory.ts";
import { align, type Block, type BlockRef, type Memory } from "../sync/block.ts";
import { randomWord } from "./share.ts";

/** Bytes in front of a block's own; the first word is its nonce. Keeps the block on a cache line of its own. */
const HEADER = 64;

/** {@linkcode Memory} over the runtime's mappings. */
export class MappedMemory implements Memory {
  readonly #host: MemoryHost;
  readonly #folder: string | null;

  /**
   * @param host The runtime's shared memory.
   * @param folder The run folder; `null` where blocks need no name.
   */
  constructor(host: MemoryHost, folder: string | null) {
    this.#host = host;
    this.#folder = folder;
  }

  allocate(size: number): Block {
    const total = HEADER + align(size);
    const mapping = this.#host.create(total, this.#folder);
    const nonce = randomWord();
    new Int32Array(mapping.buffer)[0] = nonce;
    return toBlock(mapping, { path: mapping.path, nonce, size: total });
  }

  open(ref: BlockRef): Block {
    const mapped = ref as MappingRef;
    const mapping = this.#host.open(mapped);
    if (new Int32Array(mapping.buffer)[0] !== mapped.nonce) {
      throw new NotSupportedError(
        `Cannot open shared memory at ${mapped.path}: it was given up by its creator`,
      );
    }
    return toBlock(mapping, mapped);
  }
}

function toBlock(mapping: Mapping, ref: MappingRef): Block {
  const { buffer } = mapping;
  return {
    ref,
    bytes: new Uint8Array(buffer, HEADER),
    words: new Int32Array(buffer, HEADER),
    free: () => mapping.close(),
  };
}
