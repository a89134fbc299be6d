/**
 * Memory for shared values: pieces that travel between the parties of a domain, and are freed when no party has them
 * any more.
 *
 * How that is known differs by the start method: see `mapped_heap.ts` and `arena_heap.ts`. A piece that was sent stays with its
 * sender until somebody has received it, and for some time after that, since one message may have several receivers.
 *
 * @module
 */

import { ArenaMemory } from "../memory/arena_memory.ts";
import { ArenaHeap } from "../memory/arena_heap.ts";
import type { Domain } from "../parties/program.ts";
import { MappedHeap } from "../memory/mapped_heap.ts";
import type { Share, SharedHeap } from "../memory/share.ts";

const heaps = new WeakMap<Domain, SharedHeap>();

function heapOf(domain: Domain): SharedHeap {
  let heap = heaps.get(domain);
  if (heap === undefined) {
    const { memory } = domain;
    heap = memory instanceof ArenaMemory
      ? new ArenaHeap(memory, domain.self, (party) => domain.parties.isDead(party))
      : new MappedHeap(domain.folder);
    heaps.set(domain, heap);
  }
  return heap;
}

/**
 * New shared memory.
 *
 * @param domain The domain that it belongs to.
 * @param size Bytes.
 * @returns Zeros.
 * @throws {NotSupportedError} when there is no memory left.
 */
export function allocateShare(domain: Domain, size: number): Share {
  return heapOf(domain).allocate(size);
}

/**
 * Opens memory of which another party gave the payload.
 *
 * @param domain The domain that it belongs to.
 * @param payload What `Share.send` gave.
 * @returns The memory.
 * @throws {NotSupportedError} when nobody has it any more.
 */
export function openShare(domain: Domain, payload: unknown): Share {
  return heapOf(domain).open(payload);
}
