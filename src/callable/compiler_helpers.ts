/**
 * Stand-ins for the functions that compilers put beside a program and that its functions then use:
 * `__name(fn, "x")`.
 *
 * Such a helper is an outer variable that nobody wrote. A function's text that uses one gets the
 * stand-in of that name in the other process. A bundle that is bundled again numbers its helpers,
 * hence `__name2`.
 *
 * @module
 */
import { ESBUILD_HELPERS } from "./esbuild_helpers.ts";
import { TSLIB_HELPERS } from "./tslib_helpers.ts";

const HELPERS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...Object.entries(TSLIB_HELPERS),
  ...Object.entries(ESBUILD_HELPERS),
  ["tslib_1", TSLIB_HELPERS],
]);

/**
 * Counters that coverage tools put into functions: `cov_1a2b().s[0]++`. What they count elsewhere
 * is of no interest.
 */
const COUNTER = /^(cov_\w+|__cov_\w*|__coverage__)$/;

/**
 * Tells whether a name is that of a compiler's helper which has a stand-in here.
 *
 * @param name The name of an outer variable.
 * @returns The stand-in's own name, or `undefined`.
 */
export function helperName(name: string): string | undefined {
  if (COUNTER.test(name)) return "counter";
  if (HELPERS.has(name)) return name;
  const unnumbered = name.replace(/\d+$/, "");
  return name.startsWith("__") && HELPERS.has(unnumbered) ? unnumbered : undefined;
}

/**
 * Gives a helper's stand-in.
 *
 * @param name The name that the text uses.
 * @returns The function or object to use under that name.
 */
export function helperValue(name: string): unknown {
  const own = helperName(name);
  return own === "counter" ? createCounter() : HELPERS.get(own ?? name);
}

/** Something whose every member is itself, which can be called, and which counts as 0. */
function createCounter(): unknown {
  const counter: unknown = new Proxy(() => undefined, {
    get: (_target, key) => key === Symbol.toPrimitive ? () => 0 : counter,
    set: () => true,
    apply: () => counter,
  });
  return counter;
}
