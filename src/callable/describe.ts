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
import { type Answer, type CallSite, withAnalysis } from "./analyze_once.ts";
import { BoundedMap } from "./bounded_map.ts";
import { isCaptured } from "./capture.ts";
import { describeCapture } from "./describe_capture.ts";
import { Described } from "./described.ts";
import type { CallableDescriptor, TextDescriptor } from "./descriptor.ts";
import { explainUnfinished, findByName, guessName, peekName } from "./find_by_name.ts";
import { isClass, isNativeText, nameOf, stateOf, textOf } from "./function_text.ts";
import { globalPath } from "./globals.ts";
import { isOnlyAsked, readSource } from "./module_source.ts";
import { isSurelyClosed } from "./quick_check.ts";
import { isRef, refDescriptor } from "./ref.ts";
import { freeVariableError, nativeError, unreadableError } from "./refusal.ts";
import { registeredDescriptor } from "./register.ts";
import type { Analysis } from "./scope_analysis.ts";
import type { AnyFunction, Captured } from "./types.ts";

/** By identity: every function that was described once, and every `capture()`. */
const known = new WeakMap<object, CallableDescriptor>();

/** By name and text: an inline arrow function is a new function at each call. */
const texts = new BoundedMap<string, TextDescriptor>(1_000);

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
 * const descriptor = await describeCallable((x: number) => x * x, "fn", () => callSiteModules());
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
  if (fn instanceof Described) return fn.descriptor;
  if (isCaptured(fn)) return describeCaptured(fn, callSite);
  if (typeof fn !== "function") {
    throw new TypeError(
      `${role} must be a function, a ref() or a capture(): got ${describeValue(fn)}`,
    );
  }
  const callable = fn as AnyFunction;
  const registered = registeredDescriptor(callable);
  if (registered !== undefined && !isClass(callable)) return remember(callable, registered);
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
  const hasState = stateOf(fn).length > 0;
  const cached = hasState ? undefined : texts.get(key);
  if (cached !== undefined) return cached;
  if (isNativeText(text)) return describeNative(fn, name, callSite);
  if (isClass(fn)) {
    throw new TypeError(
      `${role} must be a function: the class "${name}" can only be called with new`,
    );
  }
  if (!hasState && isSurelyClosed(text)) return remember(fn, textDescriptor(key, name, text));
  return withAnalysis(text, name, callSite, (analysis, sites) => choose(fn, key, analysis, sites));
}

function choose(
  fn: AnyFunction,
  key: string,
  analysis: Analysis,
  callSite: CallSite,
): Answer<CallableDescriptor> {
  const name = nameOf(fn);
  const outer = [...analysis.free, ...stateOf(fn)];
  if (analysis.problem === undefined && outer.length === 0) {
    return remember(fn, textDescriptor(key, name, analysis.expression, analysis.helpers));
  }
  const path = globalPath(fn, name);
  if (path !== undefined) return remember(fn, textDescriptor(path, path, path));
  return describeByName(fn, analysis, outer, callSite());
}

async function describeByName(
  fn: AnyFunction,
  analysis: Analysis,
  outer: FreeVariable[],
  sites: readonly string[],
): Promise<CallableDescriptor> {
  const name = nameOf(fn);
  const { descriptor, unfinished } = await findByName(fn, sites);
  if (descriptor !== undefined) return remember(fn, descriptor);
  if (analysis.problem === undefined && await areOnlyAsked(outer, analysis, sites)) {
    // Not for every function of that text: elsewhere the name may be declared.
    return remember(fn, newTextDescriptor(name, analysis.expression, analysis.helpers));
  }
  const error = analysis.problem === undefined
    ? freeVariableError(name, outer)
    : unreadableError(name, analysis.problem);
  const guess = await guessName(fn, unfinished, error) ?? await peekName(fn, unfinished);
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
  const peeked = descriptor ?? await peekName(fn, unfinished);
  if (peeked === undefined) throw explainUnfinished(error, unfinished);
  return remember(fn, peeked);
}

function describeCaptured(
  captured: Captured<unknown>,
  callSite: CallSite,
): Answer<CallableDescriptor> {
  const answer = describeCapture(captured, describeCallable, callSite);
  return answer instanceof Promise
    ? answer.then((descriptor) => remember(captured, descriptor))
    : remember(captured, answer);
}

function textDescriptor(
  key: string,
  name: string,
  text: string,
  helpers: readonly string[] = [],
): TextDescriptor {
  const cached = texts.get(key);
  if (cached !== undefined) return cached;
  const fresh = newTextDescriptor(name, text, helpers);
  texts.set(key, fresh);
  return fresh;
}

function newTextDescriptor(name: string, text: string, helpers: readonly string[]): TextDescriptor {
  const plain = { kind: "text" as const, name, text };
  return helpers.length > 0 ? { ...plain, helpers } : plain;
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
