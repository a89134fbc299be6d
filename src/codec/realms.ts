/**
 * Tells built-in classes from others. Those of another realm of the same process, such as a context
 * of `node:vm`, in which some test runners run their tests, have the same names as ours but are
 * others.
 *
 * @module
 */

const NATIVE = /\{\s*\[native code\]\s*\}$/;

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
  for (let next: object | null = prototype; next !== null; next = Object.getPrototypeOf(next)) {
    if (
      next !== Object.prototype && Object.hasOwn(next, "constructor") && isNative(next.constructor)
    ) return true;
  }
  return false;
}

/**
 * Finds the prototype in this realm for a built-in one of another realm.
 *
 * @param prototype A prototype.
 * @returns This realm's prototype of the same class; the given one if it is of this realm or not
 *   built in.
 */
export function localTwin(prototype: object): object {
  if (rootOf(prototype) === Object.prototype) return prototype;
  const { constructor } = prototype;
  if (typeof constructor !== "function" || !isNative(constructor)) return prototype;
  const local = (globalThis as Record<string, unknown>)[constructor.name];
  return typeof local === "function" ? local.prototype : prototype;
}

function rootOf(prototype: object): object {
  let root = prototype;
  for (let next: object | null = prototype; next !== null; next = Object.getPrototypeOf(next)) {
    root = next;
  }
  return root;
}
