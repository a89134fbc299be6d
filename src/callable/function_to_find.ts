/**
 * Functions that have to be sent before it is known whether they can go by their text or under
 * which name they are exported: sent is what is known at once, and the other side finds out the
 * rest, in the order in which `packFunction()` does it here.
 *
 * What the other side finds by its name is compared by its text, since only the sender knows the
 * function itself.
 *
 * @module
 */
import { type FreeVariable, FreeVariableError } from "../errors.ts";
import { loadAnalyzer } from "./analyze_once.ts";
import { isCaptured } from "./capture.ts";
import { namesFunction } from "./check_callable.ts";
import { packFunction } from "./pack_function.ts";
import { packClass } from "./pack_class.ts";
import type { PackedFunction } from "./packed_function.ts";
import { isClass, isNativeText, nameOf, printer, stateOf, textOf } from "./function_text.ts";
import { type ImportModule, unpackFunction } from "./unpack_function.ts";
import { exportedNames, importedModules, readSource } from "./module_source.ts";
import { classError, freeVariableError, nativeError, unreadableError } from "./function_errors.ts";
import type { Analysis } from "./outer_variables.ts";
import type { AnyFunction, Captured } from "./callable.ts";

/** What is known at once of a function that the other side is to find: plain data. */
export interface FunctionToFind {
  /** Tells it from a packed function. */
  readonly kind: "to find";
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
  readonly callables: Readonly<Record<string, PackedAtOnce>>;
}

/** A packed function, or what the other side needs in order to find it. */
export type PackedAtOnce = PackedFunction | FunctionToFind;

/**
 * Packs a function without waiting: as far as that is possible at once.
 *
 * @param fn What the user gave: a function, a `ref()` or a `capture()`; also a captured class.
 * @param sites The calling modules.
 * @returns The packed function if that is known, else what the other side needs to find it.
 * @throws {FreeVariableError} when it is seen at once that it cannot be named for another process.
 */
export function packAtOnce(fn: unknown, sites: readonly string[]): PackedAtOnce {
  const packed = typeof fn === "function" && isClass(fn)
    ? packClass(fn as AnyFunction, () => sites)
    : packFunction(fn, "fn", () => sites);
  if (!(packed instanceof Promise)) return packed;
  packed.catch(() => {});
  if (!isCaptured(fn)) return functionToFind(fn as AnyFunction, sites, null, {});
  const { variables } = fn as Captured<unknown>;
  const entries = Object.entries(variables);
  const parts = entries.filter(([, value]) => namesFunction(value));
  return functionToFind(
    fn.fn,
    sites,
    Object.fromEntries(entries.filter(([, value]) => !namesFunction(value))),
    Object.fromEntries(parts.map(([key, value]) => [key, packAtOnce(value, sites)])),
  );
}

function functionToFind(
  fn: AnyFunction,
  sites: readonly string[],
  variables: FunctionToFind["variables"],
  callables: FunctionToFind["callables"],
): FunctionToFind {
  const text = textOf(fn);
  const name = nameOf(fn);
  const isOpaque = isClass(fn) || isNativeText(text);
  const refusal = !isOpaque ? "" : (isClass(fn) ? classError(name) : nativeError(fn, name)).message;
  return {
    kind: "to find",
    name,
    text,
    printer: printer(),
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
 * The other side: makes the function, or takes the class, or finds it first.
 *
 * @param sent What `packAtOnce()` gave.
 * @param importModule Imports a module.
 * @returns The function.
 * @throws {FreeVariableError} (rejects with it) when the function cannot be named for another
 * process.
 * @throws {MultiprocessingError} (rejects with it) when a module cannot be imported.
 */
export async function unpackOrFind(
  sent: PackedAtOnce,
  importModule: ImportModule,
): Promise<AnyFunction> {
  if (sent.kind !== "to find") return await unpackFunction(sent, importModule);
  const { name, text, isOpaque, refusal, state } = sent;
  if (isOpaque) {
    return await findSame(sent, new FreeVariableError(refusal, []), importModule);
  }
  const analysis = (await loadAnalyzer())(text, name);
  if (sent.variables !== null) return await fromCapture(sent, analysis, importModule);
  const outer = [...analysis.free, ...state];
  if (analysis.problem === undefined && outer.length === 0) {
    const { expression, helpers } = analysis;
    return await unpackFunction({ kind: "text", name, text: expression, helpers }, importModule);
  }
  const error = analysis.problem === undefined
    ? freeVariableError(name, outer)
    : unreadableError(name, analysis.problem);
  return await findSame(sent, error, importModule);
}

async function fromCapture(
  { name, state, variables, callables }: FunctionToFind,
  { expression, helpers, free, problem }: Analysis,
  importModule: ImportModule,
): Promise<AnyFunction> {
  if (problem !== undefined) throw unreadableError(name, problem);
  const scope: Record<string, unknown> = { ...variables };
  for (const [key, part] of Object.entries(callables)) {
    scope[key] = await unpackOrFind(part, importModule);
  }
  const missing = [...free, ...state].filter((variable) => !Object.hasOwn(scope, variable.name));
  if (missing.length > 0) throw freeVariableError(name, missing);
  return await unpackFunction(
    { kind: "capture", name, text: expression, helpers, variables: scope },
    importModule,
  );
}

/** The member of a calling module, or of one from which that imports, that looks the same. */
async function findSame(
  { name: local, text, printer, length, sites }: FunctionToFind,
  refusal: FreeVariableError,
  importModule: ImportModule,
): Promise<AnyFunction> {
  const { message, variables } = refusal;
  const check = { text, printer, local, length, message, variables };
  for await (const { url, name } of candidates(sites, local)) {
    try {
      return await unpackFunction({ kind: "ref", url, name, check }, importModule);
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

/**
 * Under which names a module may export something; one that cannot be read, or hands on, under its
 * own.
 */
function namesIn(source: string | undefined, local: string): string[] {
  if (source === undefined) return [local];
  const names = exportedNames(source, local);
  return names.length > 0 || !/\bexport\b[^;]*?\bfrom\b/.test(source) ? names : [local];
}
