/**
 * Errors of classes that modules export. Such an error arrives as what it is where its class's
 * module is known, too, and as the nearest other class elsewhere. Nothing but errors is looked up
 * here: instances of other classes are sent only if these are registered.
 *
 * @module
 */

import type { Class } from "./registry.ts";

/** What a module exports, by name. */
type Exports = Readonly<Record<string, unknown>>;

/** By their addresses. They are loaded, and so stay in memory anyhow. */
const modules = new Map<string, Exports>();
/** The keys of classes, by prototype; of a class that is exported more than once the first. */
const keys = new WeakMap<object, string>();

/**
 * Makes the error classes known that a module exports.
 *
 * @param url The module's address.
 * @param exports What it exports. What it has not come to yet is received later, but not sent.
 */
export function addExportedErrors(url: string, exports: Exports): void {
  if (modules.has(url)) return;
  modules.set(url, exports);
  for (const name of Object.getOwnPropertyNames(exports)) {
    const value = errorClass(exports, name);
    if (value !== undefined && !keys.has(value.prototype)) {
      keys.set(value.prototype, `${url}#${name}`);
    }
  }
}

/**
 * Tells whether the error classes of a module are known.
 *
 * @param url The module's address.
 * @returns Whether they are.
 */
export function hasExportedErrors(url: string): boolean {
  return modules.has(url);
}

/**
 * Looks a class up.
 *
 * @param key The address of its module, `#` and the name of its export.
 * @returns The class, or `undefined` when there is none.
 */
export function exportedErrorOf(key: string): Class | undefined {
  const end = key.lastIndexOf("#");
  const exports = modules.get(key.slice(0, Math.max(0, end)));
  return exports === undefined ? undefined : errorClass(exports, key.slice(end + 1));
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

/** Not every export can be read: the module may not have come to it, or it has traps. */
function errorClass(exports: Exports, name: string): Class | undefined {
  try {
    const value = Object.hasOwn(exports, name) ? exports[name] : undefined;
    if (typeof value !== "function" || !(value.prototype instanceof Error)) return undefined;
    return Object.hasOwn(value.prototype, "constructor") && value.prototype.constructor === value
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}
