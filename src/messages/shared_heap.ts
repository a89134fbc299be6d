/**
 * Memory for shared values: pieces that travel between the parties of a program, and are freed when no party has them
 * any more.
 *
 * How that is known differs by the start method: see `mapped_heap.ts` and `arena_heap.ts`. A piece that was sent stays with its
 * sender until somebody has received it, and for some time after that, since one message may have several receivers.
 *
 * @module
 */

import { ArenaMemory } from "../memory/arena_memory.ts";
import { ArenaHeap } from "../memory/arena_heap.ts";
import type { Program } from "../parties/program.ts";
import { MappedHeap } from "../memory/mapped_heap.ts";
import type { Share, SharedHeap } from "../memory/share.ts";

const heaps = new WeakMap<Program, SharedHeap>();

function heapOf(program: Program): SharedHeap {
  let heap = heaps.get(program);
  if (heap === undefined) {
    const { memory } = program;
    heap = memory instanceof ArenaMemory
      ? new ArenaHeap(memory, program.self, {
        isDead: (party) => program.parties.isDead(party),
        probe: program.probe,
      })
      : new MappedHeap(program.folder);
    heaps.set(program, heap);
  }
  return heap;
}

/**
 * New shared memory.
 *
 * @param program The program that it belongs to.
 * @param size Bytes.
 * @returns Zeros.
 * @throws {NotSupportedError} when there is no memory left.
 */
export function allocateShare(program: Program, size: number): Share {
  return heapOf(program).allocate(size);
}

/**
 * Opens memory of which another party gave the payload.
 *
 * @param program The program that it belongs to.
 * @param payload What `Share.send` gave.
 * @returns The memory.
 * @throws {NotSupportedError} when nobody has it any more.
 */
export function openShare(program: Program, payload: unknown): Share {
  return heapOf(program).open(payload);
}
