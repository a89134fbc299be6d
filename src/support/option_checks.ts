/**
 * What options have to be: a table says the check of each by its name, and the whole table is checked at once.
 *
 * @module
 */

import { checkCount, checkOptions, show } from "./options.ts";

/**
 * Checks the value of an option that was given.
 *
 * @throws {TypeError} (or another error) when it is wrong, with the option's name.
 */
export type OptionCheck = (name: string, value: unknown) => void;

/** The options there are, each with its check. */
export type OptionTable<O> = { readonly [Name in keyof O]-?: OptionCheck };

/**
 * Checks an object of options: that there are only such as there are, then the value of each that is given.
 *
 * @param what What they are for, for the error: `A process`.
 * @param options The options, as the user gave them; `undefined` where they may be left out.
 * @param table What they have to be.
 * @param example What they look like.
 * @throws {TypeError} when it is no object, or has something that is no option.
 * @throws what is wrong with the first value that is.
 */
export function checkTable<O extends object>(
  what: string,
  options: O | undefined,
  table: OptionTable<O>,
  example: string,
): void {
  if (options === undefined) return;
  checkOptions(what, options, Object.keys(table), example);
  checkValues(options, table);
}

/**
 * Checks the values of options whose names are known to be right.
 *
 * @param options The options, as the user gave them.
 * @param table What they have to be.
 * @param prefix What their names begin with in errors: `"retries."`.
 * @throws what is wrong with the first value that is.
 */
export function checkValues<O extends object>(
  options: Partial<O>,
  table: OptionTable<O>,
  prefix = "",
): void {
  for (const name of Object.keys(table) as (keyof O & string)[]) {
    const value = options[name];
    if (value !== undefined) table[name](prefix + name, value);
  }
}

/** Checks a text. */
export function checkString(name: string, value: unknown): void {
  if (typeof value === "string") return;
  throw new TypeError(`"${name}" must be a string, got ${show(value)}`);
}

/** Checks what is on or off. */
export function checkBoolean(name: string, value: unknown): void {
  if (typeof value === "boolean") return;
  throw new TypeError(`"${name}" must be true or false, got ${show(value)}`);
}

/** Checks a list of whatever. */
export function checkArray(name: string, value: unknown): void {
  if (Array.isArray(value)) return;
  throw new TypeError(`"${name}" must be an array, got ${show(value)}`);
}

/** Checks values by name, as named arguments are. */
export function checkRecord(name: string, value: unknown): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return;
  throw new TypeError(`"${name}" must be an object, got ${show(value)}`);
}

/** The check of a number that counts something, from a smallest one on. */
export function countFrom(least: number): OptionCheck {
  return (name, value) => void checkCount(name, value, least);
}

/** The check of a number in a range. */
export function between(least: number, most: number): OptionCheck {
  return (name, value) => {
    if (typeof value !== "number") {
      throw new TypeError(`"${name}" must be a number, got ${show(value)}`);
    }
    if (Number.isNaN(value) || value < least || value > most) {
      throw new RangeError(`"${name}" must be from ${least} to ${most}, got ${value}`);
    }
  };
}

/** In the place of a check: what an option has to be is checked together with others, or where it is used. */
export function checkedElsewhere(): void {}
