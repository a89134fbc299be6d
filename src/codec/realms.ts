/**
 * Tells built-in classes from others. Those of another realm of the same process, such as a context
 * of `node:vm`, in which some test runners run their tests, have the same names as ours but are
 * others.
 *
 * @module
 */

const NATIVE = /\{\s*\[native code\]\s*\}$/;

/** What is known of classes by their prototypes: asking for a class's text takes long. */
const extending = new WeakMap<object, boolean>();

/**
 * Tells whether the engine made a function.
 *
 * @param value The function, for example a class.
 * @returns Whether it has no text of its own.
 */
export function isNative(value: object): boolean {
  return NATIVE.test(Function.prototype.toString.call(value));
}

/**
 * Tells whether a class extends one that the engine made.
 *
 * @param prototype The class's prototype.
 * @returns Whether there is any such class but `Object` above it.
 */
export function extendsNative(prototype: object): boolean {
  const known = extending.get(prototype);
  if (known !== undefined) return known;
  const result = chainOf(prototype).some(isNativePrototype);
  extending.set(prototype, result);
  return result;
}

/**
 * Finds the prototype in this realm for a built-in one of another realm.
 *
 * @param prototype A prototype.
 * @returns This realm's prototype of the same class; the given one if it is of this realm or not
 *   built in.
 */
export function localTwin(prototype: object): object {
  if (chainOf(prototype).at(-1) === Object.prototype) return prototype;
  const { constructor } = prototype;
  if (typeof constructor !== "function" || !isNative(constructor)) return prototype;
  const local = (globalThis as Record<string, unknown>)[constructor.name];
  return typeof local === "function" ? local.prototype : prototype;
}

function isNativePrototype(value: object): boolean {
  if (value === Object.prototype || !Object.hasOwn(value, "constructor")) return false;
  return isNative(value.constructor);
}

function chainOf(prototype: object): object[] {
  const chain: object[] = [];
  for (let next: object | null = prototype; next !== null; next = Object.getPrototypeOf(next)) {
    chain.push(next);
  }
  return chain;
}
