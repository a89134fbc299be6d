/**
 * Describes a function together with its captured variables.
 *
 * @module
 */
import { type Answer, type CallSite, withAnalysis } from "./analyze_once.ts";
import { namesFunction } from "./check_callable.ts";
import { describeClass } from "./describe_class.ts";
import type { CallableDescriptor, CaptureDescriptor } from "./descriptor.ts";
import { isClass, isNativeText, nameOf, stateOf, textOf } from "./function_text.ts";
import { freeVariableError, nativeError, unreadableError } from "./refusal.ts";
import { isSurelyClosed } from "./quick_check.ts";
import { loadedAnalyzer } from "./analyzer.ts";
import type { Analysis } from "./scope_analysis.ts";
import type { AnyFunction, Captured } from "./types.ts";

/** Describes a function: given, since that description leads here again. */
type Describe = (fn: unknown, role: string, callSite: CallSite) => Answer<CallableDescriptor>;

/**
 * Describes a function with captured variables.
 *
 * @param captured What `capture()` gave.
 * @param describe Describes the functions among the variables.
 * @param callSite Gives the calling modules.
 * @returns The descriptor, at once if the parser is loaded and no variable is a function.
 * @throws {FreeVariableError} (or rejects with it) if an outer variable is missing among the
 * captured ones, or a captured function or class cannot be named for another process.
 */
export function describeCapture(
  captured: Captured<unknown>,
  describe: Describe,
  callSite: CallSite,
): Answer<CaptureDescriptor> {
  const { fn, variables } = captured;
  const text = textOf(fn);
  const name = nameOf(fn);
  if (isNativeText(text)) throw nativeError(fn, name);
  const use = (analysis: Analysis, sites: CallSite): Answer<CaptureDescriptor> => {
    if (analysis.problem !== undefined) throw unreadableError(name, analysis.problem);
    const outer = [...analysis.free, ...stateOf(fn)];
    const missing = outer.filter((variable) => !Object.hasOwn(variables, variable.name));
    if (missing.length > 0) throw freeVariableError(name, missing);
    const callables = Object.entries(variables).filter(([, value]) => namesFunction(value));
    if (callables.length === 0) return captureDescriptor(captured, analysis);
    return describeAll(callables, describe, sites())
      .then((described) => captureDescriptor(captured, analysis, described));
  };
  const isPlain = loadedAnalyzer() === undefined && isSurelyClosed(text, Object.keys(variables));
  return isPlain ? use(plainAnalysis(text), callSite) : withAnalysis(text, name, callSite, use);
}

/** What the parser would say of a function without outer variables: not worth loading it. */
function plainAnalysis(expression: string): Analysis {
  return { expression, free: [], onlyTypeof: [], helpers: [] };
}

async function describeAll(
  callables: [string, unknown][],
  describe: Describe,
  sites: readonly string[],
): Promise<Record<string, CallableDescriptor>> {
  const described: Record<string, CallableDescriptor> = {};
  for (const [key, value] of callables) {
    described[key] = typeof value === "function" && isClass(value)
      ? await describeClass(value as AnyFunction, () => sites)
      : await describe(value, key, () => sites);
  }
  return described;
}

function captureDescriptor(
  captured: Captured<unknown>,
  analysis: Analysis,
  callables?: Record<string, CallableDescriptor>,
): CaptureDescriptor {
  const data = Object.entries(captured.variables).filter(([, value]) => !namesFunction(value));
  return {
    kind: "capture",
    name: nameOf(captured.fn),
    text: analysis.expression,
    variables: Object.fromEntries(data),
    ...(callables !== undefined && { callables }),
    ...(analysis.helpers.length > 0 && { helpers: analysis.helpers }),
  };
}
