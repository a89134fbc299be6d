/**
 * What a child is told at its start: the message that its creator writes into the boot block.
 *
 * @module
 */

import type { BlockRef } from "../sync/block.ts";
import type { Self } from "./self.ts";

/** What a child is to do. */
export type Work = ProcessWork | WorkerWork;

/** A `Process`. Functions and classes are packed by `src/callable`. */
export interface ProcessWork {
  readonly kind: "process";
  readonly target: unknown;
  /** A message with the arguments, which were written when `start()` was called: packing functions may take longer. */
  readonly args: BlockRef;
  /** The subclass whose `run()` is called; `null` for `Process` itself. */
  readonly subclass: unknown;
  /** A message with the own fields of the subclass's instance. */
  readonly fields: BlockRef | null;
}

/** A worker of a `Pool`. */
export interface WorkerWork {
  readonly kind: "worker";
  readonly requests: BlockRef;
  readonly answers: BlockRef;
  readonly controls: BlockRef;
  /** Whether the pool looks at how long each item takes. */
  readonly isWatched: boolean;
  readonly initializer: unknown;
  readonly initArgs: unknown[];
  readonly finalizer: unknown;
}

/** The whole message: a pair, since what is in the work may need modules that ask who they are. */
export interface BootMessage {
  readonly self: Self;
  readonly work: Work;
}
