/**
 * Classes that are bound to a start method, as those of a context are.
 *
 * @module
 */

import type { StartMethod } from "../runtime/types.ts";

/** A class whose objects belong to a start method. */
export interface BoundClass {
  /** The start method that it is bound to; `null` for the program's default. */
  readonly startMethod: StartMethod | null;
}

/**
 * Binds a class to a start method. In all else what it gives is the class, by name as well.
 *
 * @param base The class.
 * @param method The start method; `null` for the program's default.
 * @param name What it is called, where that is not the name of the class.
 * @returns The bound class.
 */
export function boundTo<C extends BoundClass & (abstract new (...args: never[]) => object)>(
  base: C,
  method: StartMethod | null,
  name: string = base.name,
): C {
  // deno-lint-ignore no-explicit-any
  const bound = class extends (base as any) {
    static readonly startMethod = method;

    /** What is an instance of the class, or of one below it that is bound, is one of this. */
    static [Symbol.hasInstance](value: unknown): boolean {
      return this === bound ? value instanceof base : super[Symbol.hasInstance](value);
    }
  };
  Object.defineProperty(bound, "name", { value: name });
  return bound as unknown as C;
}
