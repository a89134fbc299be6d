/**
 * Whether a task that failed is run again, and when.
 *
 * @module
 */

import { WorkerLostError } from "../../errors.ts";
import { checkCount, checkFunction, show } from "../../support/options.ts";

/** Errors that are named by a policy: their class, or their name. */
export type RetryError = string | (abstract new (...args: never[]) => Error);

/**
 * Which tasks are run again, how often and when. An item of a map is retried on its own where it is a task of its own, with its
 * whole chunk otherwise.
 */
export interface RetryPolicy {
  /** How often a task is run at most, its first time included. */
  attempts: number;
  /**
   * The errors after which a task is run again: classes, names, or a function that is asked (here, not in the worker). No other
   * error is ever retried.
   *
   * @default [WorkerLostError]
   */
  on?: readonly RetryError[] | ((error: unknown, attempt: number) => boolean);
  /** Milliseconds before the second attempt. @default 100 */
  delay?: number;
  /** By what the delay is multiplied from attempt to attempt. @default 2 */
  factor?: number;
  /** The longest delay in milliseconds. @default 30_000 */
  maxDelay?: number;
  /** Which part of a delay is left to chance, from 0 to 1, so that not all come back at once. @default 0.5 */
  jitter?: number;
}

/** A policy that was checked. */
export interface RetryPlan {
  readonly attempts: number;
  /** Whether a task is run again after an error of its `attempt`. */
  wants(error: unknown, attempt: number): boolean;
  /** Milliseconds to wait after a failed `attempt`. */
  delayAfter(attempt: number): number;
}

const KEYS: ReadonlySet<string> = new Set([
  "attempts",
  "on",
  "delay",
  "factor",
  "maxDelay",
  "jitter",
]);
const ONLY_LOST: readonly RetryError[] = [WorkerLostError];

/**
 * Checks what the user wants to be retried.
 *
 * @param retries How often a task is run again whose worker died, or a policy.
 * @returns The plan; `null` when nothing is retried.
 * @throws {TypeError} when something is of the wrong type.
 * @throws {RangeError} when a number is out of range.
 */
export function planRetries(retries: number | RetryPolicy | undefined): RetryPlan | null {
  if (retries === undefined) return null;
  if (typeof retries === "number") {
    const attempts = checkCount("retries", retries, 0) + 1;
    return attempts === 1 ? null : new Plan({ attempts, delay: 0 });
  }
  if (typeof retries !== "object" || retries === null) {
    throw new TypeError(`"retries" must be a number or { attempts: 3 }, got ${show(retries)}`);
  }
  for (const key of Object.keys(retries)) {
    if (!KEYS.has(key)) throw new TypeError(`"retries" has no option "${key}"`);
  }
  return new Plan(retries);
}

class Plan implements RetryPlan {
  readonly attempts: number;
  readonly #on: NonNullable<RetryPolicy["on"]>;
  readonly #delay: number;
  readonly #factor: number;
  readonly #maxDelay: number;
  readonly #jitter: number;

  constructor(policy: RetryPolicy) {
    const { on = ONLY_LOST, delay = 100, factor = 2, maxDelay = 30_000, jitter = 0.5 } = policy;
    this.attempts = checkCount("retries.attempts", policy.attempts, 1);
    this.#on = checkErrors(on);
    this.#delay = checkBetween("retries.delay", delay, 0, Infinity);
    this.#factor = checkBetween("retries.factor", factor, 1, Infinity);
    this.#maxDelay = checkBetween("retries.maxDelay", maxDelay, 0, Infinity);
    this.#jitter = checkBetween("retries.jitter", jitter, 0, 1);
  }

  wants(error: unknown, attempt: number): boolean {
    if (attempt >= this.attempts) return false;
    if (typeof this.#on === "function") return ask(this.#on, error, attempt);
    return this.#on.some((named) =>
      typeof named === "string" ? (error as Error | null)?.name === named : error instanceof named
    );
  }

  delayAfter(attempt: number): number {
    const delay = Math.min(this.#maxDelay, this.#delay * this.#factor ** (attempt - 1));
    return delay * (1 - this.#jitter * Math.random());
  }
}

/** A function that throws is the caller's problem: it is reported, and the error is not retried. */
function ask(
  on: (error: unknown, attempt: number) => boolean,
  error: unknown,
  attempt: number,
): boolean {
  try {
    return on(error, attempt) === true;
  } catch (problem) {
    console.error("A pool's retry policy threw:", problem);
    return false;
  }
}

function checkErrors(on: NonNullable<RetryPolicy["on"]>): NonNullable<RetryPolicy["on"]> {
  if (!Array.isArray(on)) {
    checkFunction("retries.on", on);
    return on;
  }
  for (const named of on) {
    if (typeof named === "string" || typeof named === "function") continue;
    throw new TypeError(`"retries.on" must name classes of errors, got ${show(named)}`);
  }
  return [...on];
}

function checkBetween(what: string, value: unknown, least: number, most: number): number {
  if (typeof value !== "number") {
    throw new TypeError(`"${what}" must be a number, got ${show(value)}`);
  }
  if (Number.isNaN(value) || value < least || value > most) {
    throw new RangeError(`"${what}" must be from ${least} to ${most}, got ${value}`);
  }
  return value;
}
