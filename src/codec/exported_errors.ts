/**
 * Classes of errors that modules export. An error of such a class arrives as what it is where the
 * class is known under the same key, and as the nearest other class elsewhere. Nothing but errors
 * is looked up here: instances of other classes are sent only if these are registered.
 *
 * @module
 */

import type { Class } from "./registry.ts";

const classes = new Map<string, Class>();
/** By prototype; of a class with several keys the first. */
const keys = new WeakMap<object, string>();

/**
 * Adds a class, if it is one of errors.
 *
 * @param key The address of the module, `#` and the name of the export.
 * @param value What the module exports.
 */
export function addExportedError(key: string, value: unknown): void {
  if (!isErrorClass(value)) return;
  classes.set(key, value);
  if (!keys.has(value.prototype)) keys.set(value.prototype, key);
}

/**
 * Looks a class up.
 *
 * @param key Its key.
 * @returns The class, or `undefined` when there is none.
 */
export function exportedErrorOf(key: string): Class | undefined {
  return classes.get(key);
}

/**
 * Looks a class's key up.
 *
 * @param prototype The class's prototype.
 * @returns Its key, or `undefined` when the class is not known.
 */
export function keyOfExportedError(prototype: object): string | undefined {
  return keys.get(prototype);
}

/** Exports may have traps and getters. */
function isErrorClass(value: unknown): value is Class {
  try {
    if (typeof value !== "function" || !(value.prototype instanceof Error)) return false;
    return Object.hasOwn(value.prototype, "constructor") && value.prototype.constructor === value;
  } catch {
    return false;
  }
}
