/**
 * Copies of this library in one program: its sources and its package, say, or the packages of two registries. What one of them made
 * means nothing to another, though it looks the same. So each tells in a place that all of them see which classes are its own.
 *
 * @module
 */

const KEY = Symbol.for("allcores.multiprocessing.classes");

const shared = globalThis as { [KEY]?: WeakMap<object, string> };

/** Where this copy is. */
const HERE = new URL("../", import.meta.url).href;

/**
 * Tells all copies that a class is this copy's.
 *
 * @param prototype The prototype of the class.
 */
export function claimClass(prototype: object): void {
  shared[KEY] ??= new WeakMap();
  shared[KEY].set(prototype, HERE);
}

/**
 * Says that an object is another copy's, if it is.
 *
 * @param prototype The object's prototype.
 * @returns The reason why it cannot be sent; `undefined` where it is no other copy's.
 */
export function otherCopy(prototype: object): string | undefined {
  for (let next: object | null = prototype; next !== null; next = Object.getPrototypeOf(next)) {
    const place = shared[KEY]?.get(next);
    if (place === undefined || place === HERE) continue;
    return `it is a ${next.constructor.name} of another copy of this library, which is at ${place}, ` +
      `and this one is at ${HERE}; import the same one everywhere in a program`;
  }
  return undefined;
}
