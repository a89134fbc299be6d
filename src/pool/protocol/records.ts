/**
 * What a pool and its workers say to each other: the kinds of the records in their rings.
 *
 * @module
 */

import type { Failure } from "../../messages/failure.ts";

/** Records from the pool to a worker. Word `a` is the task's number, word `b` the callable's. */
export const Request = {
  /** A callable, packed. */
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
  /** As `map`, but an item that fails does not end the rest. */
  mapEach: 7,
  /** As `starmap`, but an item that fails does not end the rest. */
  starmapEach: 8,
  /** What the next task finds in its carrier; word `b` is the id of that task. */
  carrier: 9,
} as const;

/** Whether a record is a task. */
export function isTask(kind: number): boolean {
  return kind >= Request.call && kind <= Request.starmapEach && kind !== Request.stop;
}

/** Records from a worker to the pool. Word `a` is the task's number, word `b` how long it ran (µs). */
export const Answer = {
  /** The result; of a map, the array of results. */
  value: 1,
  /** A {@linkcode TaskFailure}. */
  failure: 2,
  /** {@linkcode SomeFailed}. */
  someFailed: 3,
  /** The arguments of a task in words, ahead of its answer: it is one of the slowest of its worker. */
  argumentText: 4,
} as const;

/** Why a task failed. */
export interface TaskFailure extends Failure {
  /** Which item of a map failed. */
  readonly index: number;
}

/** Bytes of each ring of a worker. */
export const RING_CAPACITY: number = 512 * 1024;

/** What came of items of which some failed. */
export interface SomeFailed {
  /** By position; nothing where an item failed. */
  readonly results: unknown[];
  readonly failures: readonly TaskFailure[];
}
