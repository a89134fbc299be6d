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
import { valueInWords } from "./value_in_words.ts";
import { type Answer, type CallSite, withAnalysis } from "./analyze_once.ts";
import { BoundedMap } from "./bounded_map.ts";
import { isCaptured } from "./capture.ts";
import { packCaptured } from "./pack_captured.ts";
import { AlreadyPacked } from "./already_packed.ts";
import type { PackedFunction, PackedText } from "./packed_function.ts";
import { explainUnseen, findByName, findNameSoFar, guessName } from "./find_by_name.ts";
import { isClass, isNativeText, nameOf, stateOf, textOf } from "./function_text.ts";
import { globalPath } from "./globals.ts";
import { isOnlyAsked, readSource } from "./module_source.ts";
import { isSurelySelfContained } from "./self_contained.ts";
import { isRef, packedRef } from "./ref.ts";
import { freeVariableError, nativeError, unreadableError } from "./function_errors.ts";
import { registeredRef } from "./register.ts";
import type { Analysis } from "./outer_variables.ts";
import type { AnyFunction, Captured } from "./callable.ts";

/** By identity: every function that was packed once, and every `capture()`. */
const known = new WeakMap<object, PackedFunction>();

/** By name and text: an inline arrow function is a new function at each call. */
const texts = new BoundedMap<string, PackedText>(1_000);

/**
 * Packs a function for another process.
 *
 * Answers at once if the function, or one of the same text, was packed before; also for plain
 * functions without outer variables, and, once the parser is loaded, for every function without
 * outer variables. Else the answer is a promise.
 *
 * Must be called synchronously by the function that the user called, since `callSite` looks at the
 * stack; it is asked only if the answer may depend on it.
 *
 * @param fn What the user gave: a function, a `ref()` or a `capture()`.
 * @param role What it is for, as the user knows it: `fn`, `target`, `initializer`.
 * @param callSite Gives the calling modules.
 * @returns The packed function: the same object for the same function, or for functions of the
 * same name and text.
 * @throws {TypeError} If it is no function, or a class.
 * @throws {FreeVariableError} (or rejects with it) if the function cannot be named for another
 * process.
 *
 * @example
 * ```ts ignore
 * const packed = await packFunction((x: number) => x * x, "fn", () => callSiteModules());
 * ```
 */
export function packFunction(
  fn: unknown,
  role: string,
  callSite: CallSite,
): PackedFunction | Promise<PackedFunction> {
  const cached = known.get(fn as object);
  if (cached !== undefined) return cached;
  if (isRef(fn)) return packedRef(fn.url, fn.name);
  if (fn instanceof AlreadyPacked) return fn.packed;
  if (isCaptured(fn)) return packWithVariables(fn, callSite);
  if (typeof fn !== "function") {
    throw new TypeError(
      `${role} must be a function, a ref() or a capture(): got ${valueInWords(fn)}`,
    );
  }
  const callable = fn as AnyFunction;
  const registered = registeredRef(callable);
  if (registered !== undefined && !isClass(callable)) return remember(callable, registered);
  return packNew(callable, role, callSite);
}

function packNew(
  fn: AnyFunction,
  role: string,
  callSite: CallSite,
): Answer<PackedFunction> {
  const text = textOf(fn);
  const name = nameOf(fn);
  const key = `${name}\n${text}`;
  const hasState = stateOf(fn).length > 0;
  const cached = hasState ? undefined : texts.get(key);
  if (cached !== undefined) return cached;
  if (isNativeText(text)) return packNative(fn, name, callSite);
  if (isClass(fn)) {
    throw new TypeError(
      `${role} must be a function: the class "${name}" can only be called with new`,
    );
  }
  if (!hasState && isSurelySelfContained(text)) return remember(fn, packedText(key, name, text));
  return withAnalysis(text, name, callSite, (analysis, sites) => choose(fn, key, analysis, sites));
}

function choose(
  fn: AnyFunction,
  key: string,
  analysis: Analysis,
  callSite: CallSite,
): Answer<PackedFunction> {
  const name = nameOf(fn);
  const outer = [...analysis.free, ...stateOf(fn)];
  if (analysis.problem === undefined && outer.length === 0) {
    return remember(fn, packedText(key, name, analysis.expression, analysis.helpers));
  }
  const path = globalPath(fn, name);
  if (path !== undefined) return remember(fn, packedText(path, path, path));
  return packByName(fn, analysis, outer, callSite());
}

async function packByName(
  fn: AnyFunction,
  analysis: Analysis,
  outer: FreeVariable[],
  sites: readonly string[],
): Promise<PackedFunction> {
  const name = nameOf(fn);
  const search = await findByName(fn, sites);
  if (search.packed !== undefined) return remember(fn, search.packed);
  if (analysis.problem === undefined && await areOnlyAsked(outer, analysis, sites)) {
    // Not for every function of that text: elsewhere the name may be declared.
    return remember(fn, newPackedText(name, analysis.expression, analysis.helpers));
  }
  const error = analysis.problem === undefined
    ? freeVariableError(name, outer)
    : unreadableError(name, analysis.problem);
  const guess = await guessName(fn, search, error) ?? await findNameSoFar(fn, search.unfinished);
  if (guess === undefined) throw explainUnseen(error, fn, search);
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

function packNative(
  fn: AnyFunction,
  name: string,
  callSite: CallSite,
): Answer<PackedFunction> {
  const path = globalPath(fn, name);
  if (path !== undefined) return remember(fn, packedText(path, path, path));
  return packOpaque(fn, nativeError(fn, name), callSite());
}

/**
 * A function without a text of its own can only go by the name of its export, and only if that is
 * seen to be the same.
 */
async function packOpaque(
  fn: AnyFunction,
  error: FreeVariableError,
  sites: readonly string[],
): Promise<PackedFunction> {
  const search = await findByName(fn, sites);
  const found = search.packed ?? await findNameSoFar(fn, search.unfinished);
  if (found === undefined) throw explainUnseen(error, fn, search);
  return remember(fn, found);
}

function packWithVariables(
  captured: Captured<unknown>,
  callSite: CallSite,
): Answer<PackedFunction> {
  const answer = packCaptured(captured, packFunction, callSite);
  return answer instanceof Promise
    ? answer.then((packed) => remember(captured, packed))
    : remember(captured, answer);
}

function packedText(
  key: string,
  name: string,
  text: string,
  helpers: readonly string[] = [],
): PackedText {
  const cached = texts.get(key);
  if (cached !== undefined) return cached;
  const fresh = newPackedText(name, text, helpers);
  texts.set(key, fresh);
  return fresh;
}

function newPackedText(name: string, text: string, helpers: readonly string[]): PackedText {
  const plain = { kind: "text" as const, name, text };
  return helpers.length > 0 ? { ...plain, helpers } : plain;
}

/**
 * Keeps the first result for a function, so that two calls that packed it at the same time
 * agree.
 */
function remember<D extends PackedFunction>(fn: object, packed: D): PackedFunction {
  const earlier = known.get(fn);
  if (earlier !== undefined) return earlier;
  known.set(fn, packed);
  return packed;
}
