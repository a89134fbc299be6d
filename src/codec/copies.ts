/**
 * Copies of this library in one program: its sources and its package, say, or the packages of two registries. What one of them made
 * means nothing to another, though it looks the same. So each tells in a place that all of them see which classes are its own.
 *
 * @module
 */

const KEY = Symbol.for("allcores.multiprocessing.classes");

/** Where a copy is, in words. Compared by identity: bundled copies may not know, or say the same. */
interface Place {
  readonly url: string;
}

const shared = globalThis as { [KEY]?: WeakMap<object, Place> };

const HERE: Place = { url: import.meta.url ?? "an unknown place" };

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
    return `it is a ${next.constructor.name} of another copy of this library, which is at ${place.url}, ` +
      `and this one is at ${HERE.url}; import the same one everywhere in a program`;
  }
  return undefined;
}
