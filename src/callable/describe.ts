/**
 * Finds the way in which a function can be named for another process.
 *
 * In this order: what `ref()`, `capture()` or `register()` say; its text, if it has no outer
 * variables; a path from a global, if it is the runtime's own; the export that is identical to it,
 * of a calling module or of one from which that imports. Else it is refused.
 *
 * @module
 */
import type { FreeVariable, FreeVariableError } from "../errors.ts";
import { describeValue } from "./absolute_url.ts";
import { BoundedMap } from "./bounded_map.ts";
import { isCaptured } from "./capture.ts";
import { describeClass } from "./describe_class.ts";
import type { CallableDescriptor, CaptureDescriptor, TextDescriptor } from "./descriptor.ts";
import { explainUnfinished, findByName, guessName } from "./find_by_name.ts";
import { isClass, isNativeText, nameOf, textOf } from "./function_text.ts";
import { globalPath } from "./globals.ts";
import { isOnlyAsked, readSource } from "./module_source.ts";
import { isSurelyClosed } from "./quick_check.ts";
import { isRef, refDescriptor } from "./ref.ts";
import { freeVariableError, nativeError, unreadableError } from "./refusal.ts";
import { registeredDescriptor } from "./register.ts";
import { type Analysis, type Analyze, loadAnalyzer, loadedAnalyzer } from "./scope_analysis.ts";
import type { AnyFunction, Captured } from "./types.ts";

/**
 * Gives the URLs of the calling modules, nearest first, and last those worth a try besides, as the
 * main module.
 */
export type CallSite = () => readonly string[];

type Answer<T> = T | Promise<T>;

/** By identity: every function that was described once, and every `capture()`. */
const known = new WeakMap<object, CallableDescriptor>();

/** By name and text: an inline arrow function is a new function at each call. */
const texts = new BoundedMap<string, TextDescriptor>(1_000);

/**
 * By name and text too: what the parser found, which is the same for every function of that text.
 */
const analyses = new BoundedMap<string, Analysis>(1_000);

/**
 * Describes a function for another process.
 *
 * Answers at once if the function, or one of the same text, was described before; also for plain
 * functions without outer variables, and, once the parser is loaded, for every function without
 * outer variables. Else the answer is a promise.
 *
 * Must be called synchronously by the function that the user called, since `callSite` looks at the
 * stack; it is asked only if the answer may depend on it.
 *
 * @param fn What the user gave: a function, a `ref()` or a `capture()`.
 * @param role What it is for, as the user knows it: `fn`, `target`, `initializer`.
 * @param callSite Gives the calling modules.
 * @returns The descriptor: the same object for the same function, or for functions of the same name
 * and text.
 * @throws {TypeError} If it is no function, or a class.
 * @throws {FreeVariableError} (or rejects with it) if the function cannot be named for another
 * process.
 *
 * @example
 * ```ts ignore
 * const descriptor = await describeCallable((x: number) => x * x, "fn", () => callSiteModules(LIBRARY));
 * ```
 */
export function describeCallable(
  fn: unknown,
  role: string,
  callSite: CallSite,
): CallableDescriptor | Promise<CallableDescriptor> {
  const cached = known.get(fn as object);
  if (cached !== undefined) return cached;
  if (isRef(fn)) return refDescriptor(fn.url, fn.name);
  if (isCaptured(fn)) return describeCaptured(fn, role, callSite);
  if (typeof fn !== "function") {
    throw new TypeError(
      `${role} must be a function, a ref() or a capture(): got ${describeValue(fn)}`,
    );
  }
  const callable = fn as AnyFunction;
  const registered = registeredDescriptor(callable);
  if (registered !== undefined && !isClass(callable)) return registered;
  return describeFunction(callable, role, callSite);
}

function describeFunction(
  fn: AnyFunction,
  role: string,
  callSite: CallSite,
): Answer<CallableDescriptor> {
  const text = textOf(fn);
  const name = nameOf(fn);
  const key = `${name}\n${text}`;
  const hasState = stateOf(fn, name).length > 0;
  const cached = hasState ? undefined : texts.get(key);
  if (cached !== undefined) return cached;
  if (isNativeText(text)) return describeNative(fn, name, callSite);
  if (isClass(fn)) {
    throw new TypeError(
      `${role} must be a function: the class "${name}" can only be called with new`,
    );
  }
  if (!hasState && isSurelyClosed(text)) return remember(fn, textDescriptor(key, name, text));
  return withAnalysis(
    key,
    text,
    name,
    callSite,
    (analysis, sites) => choose(fn, key, analysis, sites),
  );
}

/** Properties that the program gave to the function: a text would lose them. */
function stateOf(fn: AnyFunction, name: string): FreeVariable[] {
  return Object.keys(fn).map((property) => ({ name: `${name || "fn"}.${property}`, line: 1 }));
}

/**
 * Analyses a text: at once if the parser is loaded. Else the call site is taken now, while it can
 * be seen.
 */
function withAnalysis<T>(
  key: string,
  text: string,
  name: string,
  callSite: CallSite,
  use: (analysis: Analysis, sites: CallSite) => Answer<T>,
): Answer<T> {
  const analyzeOnce = (analyze: Analyze): Analysis => {
    const analysis = analyses.get(key) ?? analyze(text, name);
    analyses.set(key, analysis);
    return analysis;
  };
  const analyze = loadedAnalyzer();
  if (analyze !== undefined) return use(analyzeOnce(analyze), callSite);
  const sites = callSite();
  return loadAnalyzer().then((loaded) => use(analyzeOnce(loaded), () => sites));
}

function choose(
  fn: AnyFunction,
  key: string,
  analysis: Analysis,
  callSite: CallSite,
): Answer<CallableDescriptor> {
  const name = nameOf(fn);
  const outer = [...analysis.free, ...stateOf(fn, name)];
  if (analysis.problem === undefined && outer.length === 0) {
    return remember(fn, textDescriptor(key, name, analysis.expression, analysis.helpers));
  }
  const path = globalPath(fn, name);
  if (path !== undefined) return remember(fn, textDescriptor(path, path, path));
  return describeByName(fn, key, analysis, outer, callSite());
}

async function describeByName(
  fn: AnyFunction,
  key: string,
  analysis: Analysis,
  outer: FreeVariable[],
  sites: readonly string[],
): Promise<CallableDescriptor> {
  const name = nameOf(fn);
  const { descriptor, unfinished } = await findByName(fn, sites);
  if (descriptor !== undefined) return remember(fn, descriptor);
  if (analysis.problem === undefined && await areOnlyAsked(outer, analysis, sites)) {
    return remember(fn, textDescriptor(key, name, analysis.expression, analysis.helpers));
  }
  const error = analysis.problem === undefined
    ? freeVariableError(name, outer)
    : unreadableError(name, analysis.problem);
  const guess = await guessName(fn, unfinished, error);
  if (guess === undefined) throw explainUnfinished(error, unfinished);
  return remember(fn, guess);
}

/** Whether the function only asks `typeof name`, in a calling module that declares no such name. */
async function areOnlyAsked(
  outer: readonly FreeVariable[],
  { onlyTypeof }: Analysis,
  sites: readonly string[],
): Promise<boolean> {
  if (!outer.every(({ name }) => onlyTypeof.includes(name))) return false;
  for (const url of sites) {
    const source = await readSource(url);
    if (source !== undefined && onlyTypeof.every((name) => isOnlyAsked(source, name))) return true;
  }
  return false;
}

function describeNative(
  fn: AnyFunction,
  name: string,
  callSite: CallSite,
): Answer<CallableDescriptor> {
  const path = globalPath(fn, name);
  if (path !== undefined) return remember(fn, textDescriptor(path, path, path));
  return describeOpaque(fn, nativeError(fn, name), callSite());
}

/**
 * A function without a text of its own can only go by the name of its export, and only if that is
 * seen to be the same.
 */
async function describeOpaque(
  fn: AnyFunction,
  error: FreeVariableError,
  sites: readonly string[],
): Promise<CallableDescriptor> {
  const { descriptor, unfinished } = await findByName(fn, sites);
  if (descriptor === undefined) throw explainUnfinished(error, unfinished);
  return remember(fn, descriptor);
}

function describeCaptured(
  captured: Captured<unknown>,
  role: string,
  callSite: CallSite,
): Answer<CallableDescriptor> {
  const { fn } = captured;
  const text = textOf(fn);
  const name = nameOf(fn);
  if (isNativeText(text)) throw nativeError(fn, name);
  return withAnalysis(`${name}\n${text}`, text, name, callSite, (analysis, sites) => {
    if (analysis.problem !== undefined) throw unreadableError(name, analysis.problem);
    const outer = [...analysis.free, ...stateOf(fn, name)];
    const missing = outer.filter((variable) => !Object.hasOwn(captured.variables, variable.name));
    if (missing.length > 0) throw freeVariableError(name, missing);
    return finishCaptured(captured, name, analysis, role, sites);
  });
}

/** Tells the captured functions and classes from data, and describes each of them. */
function finishCaptured(
  captured: Captured<unknown>,
  name: string,
  analysis: Analysis,
  role: string,
  callSite: CallSite,
): Answer<CallableDescriptor> {
  const entries = Object.entries(captured.variables);
  const data = entries.filter(([, value]) => !isCallable(value));
  const callables = entries.filter(([, value]) => isCallable(value));
  const finish = (described?: [string, CallableDescriptor][]): CallableDescriptor => {
    const descriptor: CaptureDescriptor = {
      kind: "capture",
      name,
      text: analysis.expression,
      variables: Object.fromEntries(data),
      ...(described && { callables: Object.fromEntries(described) }),
      ...(analysis.helpers.length > 0 && { helpers: analysis.helpers }),
    };
    return remember(captured, descriptor);
  };
  if (callables.length === 0) return finish();
  const sites = callSite();
  const answers = callables.map(async ([key, value]): Promise<[string, CallableDescriptor]> => {
    const part = `${role}'s captured variable ${key}`;
    const descriptor = typeof value === "function" && isClass(value)
      ? describeClass(value as AnyFunction, () => sites)
      : describeCallable(value, part, () => sites);
    return [key, await descriptor];
  });
  return Promise.all(answers).then(finish);
}

function isCallable(value: unknown): boolean {
  return typeof value === "function" || isRef(value) || isCaptured(value);
}

function textDescriptor(
  key: string,
  name: string,
  text: string,
  helpers: readonly string[] = [],
): TextDescriptor {
  const cached = texts.get(key);
  if (cached !== undefined) return cached;
  const fresh: TextDescriptor = helpers.length > 0
    ? { kind: "text", name, text, helpers }
    : { kind: "text", name, text };
  texts.set(key, fresh);
  return fresh;
}

/**
 * Keeps the first descriptor of a function, so that two calls that described it at the same time
 * agree.
 */
function remember<D extends CallableDescriptor>(fn: object, descriptor: D): CallableDescriptor {
  const earlier = known.get(fn);
  if (earlier !== undefined) return earlier;
  known.set(fn, descriptor);
  return descriptor;
}
