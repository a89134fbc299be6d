/**
 * `capture()`: a function together with the outer variables that it needs.
 *
 * @module
 */
import { valueInWords } from "./value_in_words.ts";
import { isClass } from "./function_text.ts";
import type { AnyFunction, Captured } from "./callable.ts";

/**
 * Marks what `capture()` made. In the global registry, so that two copies of this library
 * understand each other.
 */
const CAPTURED: unique symbol = Symbol.for("allcores.multiprocessing.capture");

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** Words that are no names of variables in strict code, and the one that is no name of a field. */
const RESERVED: ReadonlySet<string> = new Set(
  `
    __proto__ arguments await break case catch class const continue debugger default delete do else
    enum eval export extends false finally for function if implements import in instanceof interface
    let new null package private protected public return static super switch this throw true try
    typeof var void while with yield
  `.trim().split(/\s+/),
);

/**
 * Gives a function the outer variables that it needs in the other process.
 *
 * The variables are copied: once when this is called (shallowly), then once for each worker that
 * runs the function. What a worker assigns to them stays in that worker, from one task to the next.
 * A variable may be a function or a class too, if that one can be named for another process by
 * itself.
 *
 * @typeParam V The outer variables.
 * @typeParam F The type of the function.
 * @param variables The outer variables by name.
 * @param fn The function that uses them.
 * @returns What every place that takes a function accepts.
 * @throws {TypeError} If the variables are no plain object, or have a name that no variable can
 * have, or `fn` is no function.
 *
 * @example Send a factor along
 * ```ts
 * import { capture, Pool } from "@allcores/multiprocessing";
 *
 * const factor = 3;
 * await using pool = new Pool(2);
 * console.log(await pool.map(capture({ factor }, (x: number) => x * factor), [1, 2, 3]));
 * ```
 */
export function capture<V extends Record<string, unknown>, F extends AnyFunction>(
  variables: V,
  fn: F,
): Captured<F> {
  checkVariables(variables);
  if (typeof fn !== "function" || isClass(fn)) {
    throw new TypeError(
      `capture() needs a function as its second argument: got ${valueInWords(fn)}`,
    );
  }
  const copy = Object.freeze({ ...variables });
  return Object.freeze({ kind: "capture" as const, variables: copy, fn, [CAPTURED]: true });
}

/**
 * Tells whether a value was made by `capture()`.
 *
 * @param value Anything.
 * @returns Whether it is a function with captured variables.
 */
export function isCaptured(value: unknown): value is Captured<unknown> {
  return typeof value === "object" && value !== null && CAPTURED in value;
}

function checkVariables(variables: unknown): void {
  if (typeof variables !== "object" || variables === null || Array.isArray(variables)) {
    throw new TypeError(
      `capture() needs the outer variables as its first argument, for example { factor }: got ${
        valueInWords(variables)
      }`,
    );
  }
  for (const name of Object.keys(variables)) {
    if (!IDENTIFIER.test(name) || RESERVED.has(name)) {
      throw new TypeError(
        `capture() takes names of variables: ${JSON.stringify(name)} cannot be one`,
      );
    }
  }
}
