/**
 * Whether a task that failed is run again, and when.
 *
 * @module
 */

import { WorkerLostError } from "../../errors.ts";
import { between, checkValues, countFrom, type OptionTable } from "../../support/option_checks.ts";
import { checkCount, checkFunction, checkOptions, show } from "../../support/options.ts";

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

const OPTIONS: OptionTable<RetryPolicy> = {
  attempts: countFrom(1),
  on: checkErrors,
  delay: between(0, Infinity),
  factor: between(1, Infinity),
  maxDelay: between(0, Infinity),
  jitter: between(0, 1),
};
const ONLY_LOST: readonly RetryError[] = [WorkerLostError];

/**
 * Checks what the user wants to be retried.
 *
 * @param name What the option is called.
 * @param retries How often a task is run again whose worker died, or a policy.
 * @throws {TypeError} when something is of the wrong type.
 * @throws {RangeError} when a number is out of range.
 */
export function checkRetries(name: string, retries: unknown): void {
  if (typeof retries === "number") return void checkCount(name, retries, 0);
  if (typeof retries !== "object" || retries === null) {
    throw new TypeError(`"${name}" must be a number or { attempts: 3 }, got ${show(retries)}`);
  }
  const policy = retries as RetryPolicy;
  checkOptions(`"${name}"`, policy, Object.keys(OPTIONS), "{ attempts: 3 }");
  checkCount(`${name}.attempts`, policy.attempts, 1);
  checkValues(policy, OPTIONS, `${name}.`);
}

/**
 * Plans what is retried.
 *
 * @param retries How often a task is run again whose worker died, or a policy; it was checked.
 * @returns The plan; `null` when nothing is retried.
 */
export function planRetries(retries: number | RetryPolicy | undefined): RetryPlan | null {
  if (retries === undefined || retries === 0) return null;
  if (typeof retries === "number") return new Plan({ attempts: retries + 1, delay: 0 });
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
    this.attempts = policy.attempts;
    // What becomes of the user's list later is not to be seen.
    this.#on = typeof on === "function" ? on : [...on];
    this.#delay = delay;
    this.#factor = factor;
    this.#maxDelay = maxDelay;
    this.#jitter = jitter;
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

function checkErrors(name: string, on: unknown): void {
  if (!Array.isArray(on)) return checkFunction(name, on);
  for (const named of on) {
    if (typeof named === "string" || typeof named === "function") continue;
    throw new TypeError(`"${name}" must name classes of errors, got ${show(named)}`);
  }
}
