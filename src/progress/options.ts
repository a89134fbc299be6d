/**
 * What is wrong with options of progress.
 *
 * @module
 */

import {
  checkBoolean,
  checkString,
  checkValues,
  countFrom,
  type OptionTable,
} from "../support/option_checks.ts";
import { checkOptions, show } from "../support/options.ts";
import type { ProgressOptions } from "./state.ts";

/** What the options of a bar have to be. */
export const BAR_OPTIONS: OptionTable<ProgressOptions> = {
  label: checkString,
  always: checkBoolean,
  keep: checkBoolean,
  total: countFrom(0),
};

/**
 * Checks what a call says about its bar.
 *
 * @param name What the option is called.
 * @param progress What the user gave.
 * @throws {TypeError} when it is of the wrong type.
 * @throws {RangeError} when `total` is no whole number of at least 0.
 */
export function checkProgress(name: string, progress: unknown): void {
  if (typeof progress === "boolean") return;
  if (typeof progress !== "object" || progress === null) {
    throw new TypeError(`"${name}" must be true, false or an object, got ${show(progress)}`);
  }
  checkOptions(`"${name}"`, progress, Object.keys(BAR_OPTIONS), "{ always: true }");
  checkValues<ProgressOptions>(progress, BAR_OPTIONS, `${name}.`);
}
