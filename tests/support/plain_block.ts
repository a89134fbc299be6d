/** Blocks of ordinary memory, for the algorithms over shared words. */

import type { Block } from "../../src/sync/block.ts";

/** A block of zeros that nobody else sees. */
export function plainBlock(size: number): Block {
  const buffer = new SharedArrayBuffer(size);
  return {
    ref: { offset: 0, size },
    bytes: new Uint8Array(buffer),
    words: new Int32Array(buffer),
    free: () => {},
  };
}
