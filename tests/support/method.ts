/**
 * The start method that this run of the suite is about. The same test files run once with each, so a test
 * says `getContext(method)` and nothing else about it.
 *
 * @module
 */

import process from "node:process";

/** The start methods a run can be about. */
export type TestMethod = "process" | "thread";

/** `process` or `thread`, from the variable `ALLCORES_TEST_METHOD`; `process` when a file is run by hand. */
export const method: TestMethod = readMethod(process.env.ALLCORES_TEST_METHOD);

function readMethod(value: string | undefined): TestMethod {
  if (value === undefined || value === "" || value === "process") return "process";
  if (value === "thread") return "thread";
  throw new RangeError(`ALLCORES_TEST_METHOD must be "process" or "thread": "${value}"`);
}
