/**
 * Packs a function together with its captured variables.
 *
 * @module
 */
import { type Answer, type CallSite, isAnalyzerLoaded, withAnalysis } from "./analyze_once.ts";
import { namesFunction } from "./check_callable.ts";
import { packClass } from "./pack_class.ts";
import type { PackedCapture, PackedFunction } from "./packed_function.ts";
import { isClass, isNativeText, nameOf, stateOf, textOf } from "./function_text.ts";
import { freeVariableError, nativeError, unreadableError } from "./function_errors.ts";
import { isSurelySelfContained } from "./self_contained.ts";
import type { Analysis } from "./outer_variables.ts";
import type { AnyFunction, Captured } from "./callable.ts";

/** Packs a function: given, since that leads here again. */
type Pack = (fn: unknown, role: string, callSite: CallSite) => Answer<PackedFunction>;

/**
 * Packs a function with captured variables.
 *
 * @param captured What `capture()` gave.
 * @param pack Packs the functions among the variables.
 * @param callSite Gives the calling modules.
 * @returns The packed function, at once if the parser is loaded and no variable is a function.
 * @throws {FreeVariableError} (or rejects with it) if an outer variable is missing among the
 * captured ones, or a captured function or class cannot be named for another process.
 */
export function packCaptured(
  captured: Captured<unknown>,
  pack: Pack,
  callSite: CallSite,
): Answer<PackedCapture> {
  const { fn, variables } = captured;
  const text = textOf(fn);
  const name = nameOf(fn);
  if (isNativeText(text)) throw nativeError(fn, name);
  const use = (analysis: Analysis, sites: CallSite): Answer<PackedCapture> => {
    if (analysis.problem !== undefined) throw unreadableError(name, analysis.problem);
    const outer = [...analysis.free, ...stateOf(fn)];
    const missing = outer.filter((variable) => !Object.hasOwn(variables, variable.name));
    if (missing.length > 0) throw freeVariableError(name, missing);
    const callables = Object.entries(variables).filter(([, value]) => namesFunction(value));
    if (callables.length === 0) return packedCapture(captured, analysis);
    return packAll(callables, pack, sites())
      .then((packed) => packedCapture(captured, analysis, packed));
  };
  const isPlain = !isAnalyzerLoaded() && isSurelySelfContained(text, Object.keys(variables));
  return isPlain ? use(plainAnalysis(text), callSite) : withAnalysis(text, name, callSite, use);
}

/** What the parser would say of a function without outer variables: not worth loading it. */
function plainAnalysis(expression: string): Analysis {
  return { expression, free: [], onlyTypeof: [], helpers: [] };
}

async function packAll(
  callables: [string, unknown][],
  pack: Pack,
  sites: readonly string[],
): Promise<Record<string, PackedFunction>> {
  const packed: Record<string, PackedFunction> = {};
  for (const [key, value] of callables) {
    packed[key] = typeof value === "function" && isClass(value)
      ? await packClass(value as AnyFunction, () => sites)
      : await pack(value, key, () => sites);
  }
  return packed;
}

function packedCapture(
  captured: Captured<unknown>,
  analysis: Analysis,
  callables?: Record<string, PackedFunction>,
): PackedCapture {
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
