/**
 * What a pool and its workers say to each other: the kinds of the records in their rings.
 *
 * @module
 */

import type { Failure } from "../domain/failure.ts";

/** Records from the pool to a worker. Word `a` is the task's number, word `b` the callable's. */
export const Request = {
  /** A callable, by its descriptor. */
  define: 1,
  /** Forget a callable. */
  forget: 2,
  /** Call once; the payload is the array of arguments. */
  call: 3,
  /** Call for each item; the payload is the array of items. */
  map: 4,
  /** Call for each item; the payload is the array of arrays of arguments. */
  starmap: 5,
  /** Finish. */
  stop: 6,
} as const;

/** Records from a worker to the pool. Word `a` is the task's number, word `b` how long it ran (µs). */
export const Answer = {
  /** The result; of a map, the array of results. */
  value: 1,
  /** A {@linkcode TaskFailure}. */
  failure: 2,
} as const;

/** Set in a kind when the payload stands in a block of its own, and the record holds only where. */
export const LARGE = 0x100;

/** Why a task failed. */
export interface TaskFailure extends Failure {
  /** Which item of a map failed. */
  readonly index: number;
}

/** Bytes of each ring of a worker. */
export const RING_CAPACITY: number = 512 * 1024;
