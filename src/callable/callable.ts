/**
 * The types of what may be given where a function is asked for.
 *
 * @module
 */

/** Any function. */
// deno-lint-ignore no-explicit-any
export type AnyFunction = (...args: any[]) => any;

/** Any class, abstract ones too. */
// deno-lint-ignore no-explicit-any
export type AnyClass = abstract new (...args: any[]) => any;

/**
 * A function or class named by its module and its name there: what `ref()` gives.
 *
 * @typeParam F The type of the function or class that it stands for.
 */
export interface Ref<F = AnyFunction> {
  /** Tells a reference from captured variables. */
  readonly kind: "ref";
  /** The absolute URL of the module. */
  readonly url: string;
  /** The name of the export, or the name under which the module registers it. */
  readonly name: string;
  /** Only a type: there is no such property at run time. */
  readonly "~type"?: F;
}

/**
 * A function together with copies of its outer variables: what `capture()` gives.
 *
 * @typeParam F The type of the function.
 */
export interface Captured<F = AnyFunction> {
  /** Tells captured variables from a reference. */
  readonly kind: "capture";
  /** The outer variables, as they were when `capture()` was called. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The function. */
  readonly fn: AnyFunction;
  /** Only a type: there is no such property at run time. */
  readonly "~type"?: F;
}

/**
 * Whatever can name a function for another process: the function itself, a `ref()`, or a
 * `capture()`.
 *
 * All three give the same types to a caller, so `pool.map(ref<typeof resize>(…), sizes)` is checked
 * like `pool.map(resize, sizes)`.
 *
 * @typeParam Args The types of the arguments.
 * @typeParam R What the function returns; a promise of it is awaited in the other process.
 */
// deno-lint-ignore no-explicit-any
export type Callable<Args extends unknown[] = any[], R = any> =
  | ((...args: Args) => R)
  | Ref<(...args: Args) => R>
  | Captured<(...args: Args) => R>;
