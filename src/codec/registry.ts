/**
 * The classes whose instances may cross. A class is registered on both sides under the same key,
 * which is the address of its module and its name.
 *
 * @module
 */

import { SerializationError } from "../errors.ts";
import { programWide } from "../support/program_wide.ts";

/**
 * The name of a class's static method that turns an instance into data: `static
 * [serialize](instance)`.
 */
export const serialize: unique symbol = Symbol.for("allcores.multiprocessing.serialize");

/**
 * The name of a class's static method that turns data into an instance: `static
 * [deserialize](data)`.
 */
export const deserialize: unique symbol = Symbol.for("allcores.multiprocessing.deserialize");

/**
 * Raised when a message holds an instance of a class that is not registered here. Importing its
 * module may register it. For users it is a `SerializationError`, by name as well.
 */
export class UnknownClassError extends SerializationError {
  /** The key of the class: the address of its module, `#` and its name. */
  key: string;

  /**
   * Creates the error.
   *
   * @param key The key of the class.
   */
  constructor(key: string) {
    super(`Cannot rebuild an instance of ${key}: no class is registered here under this key`);
    this.key = key;
  }
}

/** Any class, as a value: what is registered, whatever its constructor takes. */
// deno-lint-ignore ban-types
export type Class = Function;

/** Shared by all copies of this library. */
const classes = programWide("registeredClasses", () => new Map<string, Class>());
const keys = programWide("classKeys", () => new WeakMap<Class, string>());

/**
 * Registers a class, so that its instances can be sent and received.
 *
 * Instances are rebuilt by their own enumerable fields and their prototype; the constructor does
 * not run, so `#private` fields do not cross. Static methods {@linkcode serialize} and {@linkcode
 * deserialize}, always both, replace that.
 *
 * @param key The address of the class's module, `#` and the class's name. Used again, it stands for
 *   the new class; instances of the former can still be sent if that has the same text, as after a second evaluation of its
 *   module.
 * @param constructor The class.
 *
 * @example
 * ```ts ignore
 * class Point { x = 0; y = 0 }
 * registerClass("file:///app/point.ts#Point", Point);
 * ```
 */
export function registerClass(key: string, constructor: Class): void {
  const former = classes.get(key);
  if (
    former !== undefined && String(former) !== String(constructor) && keys.get(former) === key
  ) {
    keys.delete(former);
  }
  classes.set(key, constructor);
  keys.set(constructor, key);
}

/**
 * Looks a class up.
 *
 * @param key The key under which it was registered.
 * @returns The class, or `undefined` when there is none.
 */
export function classOfKey(key: string): Class | undefined {
  return classes.get(key);
}

/**
 * Looks a class's key up.
 *
 * @param constructor The class.
 * @returns Its key, or `undefined` when it is not registered.
 */
export function keyOfClass(constructor: Class): string | undefined {
  return keys.get(constructor);
}

/**
 * Looks the key of an object's class up.
 *
 * @param prototype The object's prototype.
 * @returns The class's key, or `undefined` when it is not registered.
 */
export function keyOfPrototype(prototype: object): string | undefined {
  const constructor = Object.hasOwn(prototype, "constructor") ? prototype.constructor : undefined;
  return typeof constructor === "function" && constructor.prototype === prototype
    ? keyOfClass(constructor)
    : undefined;
}
