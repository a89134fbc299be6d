/**
 * Functions that have to be sent before it is known how they are named: a sketch holds what is known of them at once, and the
 * other side finds out the rest, in the order in which `describeCallable()` does it here.
 *
 * What the other side finds by its name is compared by its text, since only the sender knows the function itself.
 *
 * @module
 */
import { type FreeVariable, FreeVariableError } from "../errors.ts";
import { loadAnalyzer } from "./analyzer.ts";
import { isCaptured } from "./capture.ts";
import { namesFunction } from "./check_callable.ts";
import { describeCallable } from "./describe.ts";
import { describeClass } from "./describe_class.ts";
import type { CallableDescriptor } from "./descriptor.ts";
import { isClass, isNativeText, nameOf, PRINTER, stateOf, textOf } from "./function_text.ts";
import { type ImportModule, materialize } from "./materialize.ts";
import { exportedNames, importedModules, readSource } from "./module_source.ts";
import { classError, freeVariableError, nativeError, unreadableError } from "./refusal.ts";
import type { Analysis } from "./scope_analysis.ts";
import type { AnyFunction, Captured } from "./types.ts";

/** What is known of a function at once: plain data, which the codec can send. */
export interface CallableSketch {
  /** Tells a sketch from a descriptor. */
  readonly kind: "sketch";
  /** The function's name, or an empty text. */
  readonly name: string;
  /** The function's text, as its runtime prints it. */
  readonly text: string;
  /** How that runtime prints functions: see `RefCheck`. */
  readonly printer: string;
  /** The number of the function's parameters. */
  readonly length: number;
  /** The properties that the program gave to it, which its text would lose. */
  readonly state: readonly FreeVariable[];
  /** Whether it can go by its name only: a class, or native code. */
  readonly isOpaque: boolean;
  /** What to raise where it is not found by its name: of one that is opaque. */
  readonly refusal: string;
  /** The calling modules. */
  readonly sites: readonly string[];
  /** The captured variables that are data; `null` where nothing is captured. */
  readonly variables: Readonly<Record<string, unknown>> | null;
  /** The captured variables that are functions or classes. */
  readonly callables: Readonly<Record<string, Sketched>>;
}

/** A function that is known, or as far as it is known. */
export type Sketched = CallableDescriptor | CallableSketch;

/**
 * Says of a function what can be said at once.
 *
 * @param fn What the user gave: a function, a `ref()` or a `capture()`; also a class that is captured.
 * @param sites The calling modules.
 * @returns Its descriptor if that is known, else a sketch.
 * @throws {FreeVariableError} when it is seen at once that it cannot be named for another process.
 */
export function sketchCallable(fn: unknown, sites: readonly string[]): Sketched {
  const described = typeof fn === "function" && isClass(fn)
    ? describeClass(fn as AnyFunction, () => sites)
    : describeCallable(fn, "fn", () => sites);
  if (!(described instanceof Promise)) return described;
  described.catch(() => {});
  if (!isCaptured(fn)) return sketch(fn as AnyFunction, sites, null, {});
  const { variables } = fn as Captured<unknown>;
  const entries = Object.entries(variables);
  const parts = entries.filter(([, value]) => namesFunction(value));
  return sketch(
    fn.fn,
    sites,
    Object.fromEntries(entries.filter(([, value]) => !namesFunction(value))),
    Object.fromEntries(parts.map(([key, value]) => [key, sketchCallable(value, sites)])),
  );
}

function sketch(
  fn: AnyFunction,
  sites: readonly string[],
  variables: CallableSketch["variables"],
  callables: CallableSketch["callables"],
): CallableSketch {
  const text = textOf(fn);
  const name = nameOf(fn);
  const isOpaque = isClass(fn) || isNativeText(text);
  const refusal = !isOpaque ? "" : (isClass(fn) ? classError(name) : nativeError(fn, name)).message;
  return {
    kind: "sketch",
    name,
    text,
    printer: PRINTER,
    length: fn.length,
    state: stateOf(fn),
    isOpaque,
    refusal,
    sites: [...sites],
    variables,
    callables,
  };
}

/**
 * The other side: makes the function, or takes the class, of what was said of it.
 *
 * @param sketched The descriptor or the sketch.
 * @param importModule Imports a module.
 * @returns The function.
 * @throws {FreeVariableError} (rejects with it) when the function cannot be named for another process.
 * @throws {MultiprocessingError} (rejects with it) when a module cannot be imported.
 */
export async function fromSketch(
  sketched: Sketched,
  importModule: ImportModule,
): Promise<AnyFunction> {
  if (sketched.kind !== "sketch") return await materialize(sketched, importModule);
  const { name, text, isOpaque, refusal, state } = sketched;
  if (isOpaque) {
    return await findBySketch(sketched, new FreeVariableError(refusal, []), importModule);
  }
  const analysis = (await loadAnalyzer())(text, name);
  if (sketched.variables !== null) return await fromCapture(sketched, analysis, importModule);
  const outer = [...analysis.free, ...state];
  if (analysis.problem === undefined && outer.length === 0) {
    const { expression, helpers } = analysis;
    return await materialize({ kind: "text", name, text: expression, helpers }, importModule);
  }
  const error = analysis.problem === undefined
    ? freeVariableError(name, outer)
    : unreadableError(name, analysis.problem);
  return await findBySketch(sketched, error, importModule);
}

async function fromCapture(
  { name, state, variables, callables }: CallableSketch,
  { expression, helpers, free, problem }: Analysis,
  importModule: ImportModule,
): Promise<AnyFunction> {
  if (problem !== undefined) throw unreadableError(name, problem);
  const scope: Record<string, unknown> = { ...variables };
  for (const [key, part] of Object.entries(callables)) {
    scope[key] = await fromSketch(part, importModule);
  }
  const missing = [...free, ...state].filter((variable) => !Object.hasOwn(scope, variable.name));
  if (missing.length > 0) throw freeVariableError(name, missing);
  return await materialize(
    { kind: "capture", name, text: expression, helpers, variables: scope },
    importModule,
  );
}

/** The member of a calling module, or of one from which that imports, that looks the same. */
async function findBySketch(
  { name: local, text, printer, length, sites }: CallableSketch,
  refusal: FreeVariableError,
  importModule: ImportModule,
): Promise<AnyFunction> {
  const { message, variables } = refusal;
  const check = { text, printer, local, length, message, variables };
  for await (const { url, name } of candidates(sites, local)) {
    try {
      return await materialize({ kind: "ref", url, name, check }, importModule);
    } catch (error) {
      if (!(error instanceof FreeVariableError)) throw error;
    }
  }
  throw refusal;
}

/** Where something of a name may be: only modules whose source speaks of it are imported. */
async function* candidates(
  sites: readonly string[],
  local: string,
): AsyncGenerator<{ url: string; name: string }> {
  if (local === "") return;
  for (const site of sites) {
    const source = await readSource(site);
    for (const name of namesIn(source, local)) yield { url: site, name };
  }
  for (const site of sites) {
    const source = await readSource(site);
    const urls = source === undefined ? [] : importedModules(source, local, site);
    for (const url of urls) {
      for (const name of namesIn(await readSource(url), local)) yield { url, name };
    }
  }
}

/** Under which names a module may export something; one that cannot be read, or hands on, under its own. */
function namesIn(source: string | undefined, local: string): string[] {
  if (source === undefined) return [local];
  const names = exportedNames(source, local);
  return names.length > 0 || !/\bexport\b[^;]*?\bfrom\b/.test(source) ? names : [local];
}
