/**
 * The one way to make an object of this library that no user makes: one that has arrived from another process, or that a
 * function of this library gives.
 *
 * A class that can be made so takes `Parts` in the place of its first argument. Only the implementation of its constructor says
 * that, not its published signatures, and nobody outside has `Parts` to give. So the user's constructor and this way meet in
 * one place, where the private fields are set, and subclasses need not know of it. What the library needs of an object
 * afterwards it gets from functions that the class hands out in a static block.
 *
 * @module
 */

/** What an object is made of. */
export class Parts<T> {
  readonly content: T;

  /** @param content What the class needs. */
  constructor(content: T) {
    this.content = content;
  }

  /** All that is to be seen of it where it must be published: see `ProxyTarget` of a manager's proxies. */
  get [Symbol.toStringTag](): "Parts" {
    return "Parts";
  }
}

/**
 * Makes an object of its parts.
 *
 * @param type Its class, whose constructor may be private.
 * @param content What the class needs.
 * @returns The object.
 */
export function assemble<T extends object>(type: { readonly prototype: T }, content: unknown): T {
  return Reflect.construct(type as unknown as new (parts: unknown) => T, [new Parts(content)]);
}
