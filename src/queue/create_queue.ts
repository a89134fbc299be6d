/**
 * New queues.
 *
 * @module
 */

import { createPiece } from "../messages/shared_object.ts";
import type { Program } from "../parties/program.ts";
import { initQueue, QUEUE_BYTES } from "../sync/shared_queue.ts";
import { QueueCore } from "./core.ts";

/** How a queue begins. */
export interface QueueCoreOptions {
  /** How many items it may hold; 0: any number. */
  readonly maxSize: number;
  /** Whether items are to be reported done. */
  readonly countsTasks: boolean;
}

/**
 * Allocates a queue.
 *
 * @param program Its program.
 * @param options How it begins.
 * @returns The queue.
 * @throws {NotSupportedError} when there is no shared memory for it.
 */
export function createQueue(program: Program, options: QueueCoreOptions): QueueCore {
  const piece = createPiece(program, QUEUE_BYTES);
  initQueue(piece.words, options.maxSize, options.countsTasks);
  return new QueueCore(piece);
}
