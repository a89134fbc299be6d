/**
 * What `wait()` can wait for: connections, sentinels and queues, as it sees them.
 *
 * Looking and watching are apart, and looking comes last: whoever waits watches everything first, and looks then. So nothing
 * that becomes ready in between is missed.
 *
 * @module
 */

/** The key under which an object gives what `wait()` needs; it is not exported to users. */
export const readiness: unique symbol = Symbol("readiness");

/** How an object is waited for without taking anything from it. */
export interface Readiness {
  /**
   * Looks whether it is ready at this moment. Takes nothing; another process may be faster to take what there is.
   *
   * @throws {Error} when it can never be waited for, for example because it was closed here.
   */
  ready(): boolean;
  /**
   * Tells when it may have become ready, also when it was already; keeps the event loop alive meanwhile.
   *
   * @param onChange Called then, perhaps more than once, and never by `watch` itself.
   * @returns Ends the watch; `onChange` is not called any more.
   */
  watch(onChange: () => void): () => void;
}

/** Something that `wait()` takes. */
export interface Waitable {
  readonly [readiness]: Readiness;
}

/**
 * Makes the instances of a class waitable, where its declaration must not name a key that users do not see.
 *
 * @param prototype The class's prototype.
 * @param of Gives what `wait()` needs of an instance.
 */
export function makeWaitable<T extends object>(prototype: T, of: (value: T) => Readiness): void {
  Object.defineProperty(prototype, readiness, {
    get(this: T): Readiness {
      return of(this);
    },
  });
}

/** What `wait()` needs of an object; `undefined` when it cannot be waited for. */
export function readinessOf(value: unknown): Readiness | undefined {
  return (value as Partial<Waitable> | null | undefined)?.[readiness];
}
