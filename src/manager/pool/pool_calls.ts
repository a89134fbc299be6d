/**
 * What a client tells a manager's server about a call of a pool there.
 *
 * @module
 */

import type { PackedFunction } from "../../callable/mod.ts";
import type { PoolOptions } from "../../pool/schedule/pool_options.ts";

/** What will be told later, under a ticket. */
export interface Later {
  readonly kind: "later";
  readonly ticket: number;
  /** How many iterables it stands for. */
  readonly count: number;
}

/** Items: an array for each iterable. */
export type SentColumns = unknown[][] | Later;

/** The options of a pool. */
export type SentPoolOptions = Omit<PoolOptions, "initializer" | "finalizer"> & {
  readonly initializer?: PackedFunction;
  readonly finalizer?: PackedFunction;
};

/** Whether something will be told later. */
export function isLater(value: unknown): value is Later {
  return (value as Later | null)?.kind === "later";
}
