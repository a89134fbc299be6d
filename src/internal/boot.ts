/**
 * What a child is told at its start: the message that its creator writes into the boot block.
 *
 * @module
 */

import type { BlockRef } from "../sync/block.ts";
import type { Self } from "./self.ts";

/** What a child is to do. */
export type Work = ProcessWork | WorkerWork;

/** A `Process`. Callables and classes are descriptors of `src/callable`. */
export interface ProcessWork {
  readonly kind: "process";
  readonly target: unknown;
  readonly args: unknown[];
  /** The subclass whose `run()` is called; `null` for `Process` itself. */
  readonly subclass: unknown;
  /** The instance's own fields. */
  readonly fields: Record<string, unknown>;
}

/** A worker of a `Pool`. */
export interface WorkerWork {
  readonly kind: "worker";
  readonly requests: BlockRef;
  readonly answers: BlockRef;
  readonly initializer: unknown;
  readonly initArgs: unknown[];
}

/** The whole message. */
export interface BootMessage {
  readonly self: Self;
  readonly work: Work;
}
