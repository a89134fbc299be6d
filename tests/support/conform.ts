/**
 * A test of the conformance suite: a limit that leaves room on a busy machine, and a record under the test's own name.
 *
 * @module
 */

import { test } from "node:test";
import { record } from "./transcript.ts";

/** Milliseconds that a test may take. */
const LIMIT = 30_000;

/** What a test may say besides its name. */
export interface ConformOptions {
  /** Why this run leaves the test out: names the missing capability. */
  skip?: string | false;
  /** Milliseconds that it may take, where that is more than usual. */
  limit?: number;
}

/**
 * Defines a test.
 *
 * @param name The symbol and the behaviour.
 * @param body The test; what it records has to be the same on all runs.
 * @param options Whether it is left out.
 */
export function conform(
  name: string,
  body: (note: (value: unknown) => void) => Promise<void> | void,
  options: ConformOptions = {},
): void {
  test(name, { timeout: options.limit ?? LIMIT, skip: options.skip ?? false }, async () => {
    await body((value) => record(name, value));
  });
}
