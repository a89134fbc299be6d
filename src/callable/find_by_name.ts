/**
 * Finds functions and classes by the names that they have in modules.
 *
 * @module
 */
import type { FreeVariableError } from "../errors.ts";
import type { PackedRef } from "./packed_function.ts";
import { nameOf, printer, textOf } from "./function_text.ts";
import { exportName, findExport, keepNamespace } from "./module_exports.ts";
import { exportedNames, importedModules, isDeclaredOnce, readSource } from "./module_source.ts";
import { exportsSoFar } from "./exports_so_far.ts";
import { packedRef } from "./ref.ts";
import { toolName } from "./tool_modules.ts";
import type { AnyClass, AnyFunction } from "./callable.ts";

/** How a tool prints functions: in a way that no runtime does. */
const TOOL = "a tool";

/** What a search found. */
export interface NameSearch {
  /** The member that is identical. */
  readonly packed?: PackedRef;
  /**
   * The calling modules that could not be looked into, because they are still running their top
   * level.
   */
  readonly unfinished: readonly string[];
  /**
   * The modules, calling and imported, that might be run by importing them, and whose exports are others than those that are
   * looked for, or cannot be seen.
   */
  readonly strange: readonly string[];
}

/**
 * Looks for a function or class among the exports of the calling modules, then of the modules from
 * which they import something of its name.
 *
 * @param value The function or class.
 * @param sites The calling modules.
 * @returns What was found.
 */
export async function findByName(value: object, sites: readonly string[]): Promise<NameSearch> {
  const called = await findExport(value, sites);
  const imports = called.found === undefined ? await importsOf(value, sites) : [];
  const imported = await findExport(value, imports);
  const { unfinished } = called;
  const strange = [...called.strange, ...imported.strange];
  const found = called.found ?? imported.found ?? await findAmongStrange(value, strange);
  const packed = found && packedRef(found.url, found.name);
  return { packed, unfinished, strange };
}

/** The modules from which calling modules import something of the name of a function or class. */
async function importsOf(value: object, sites: readonly string[]): Promise<string[]> {
  const sources = await Promise.all(sites.map((site) => readSource(site)));
  return sources.flatMap((source, index) =>
    source === undefined ? [] : importedModules(source, nameOf(value), sites[index])
  );
}

/** Looks into modules without running them, at the cost of files. */
async function findAmongStrange(
  value: object,
  urls: readonly string[],
): Promise<{ url: string; name: string } | undefined> {
  for (const url of new Set(urls)) {
    const source = await readSource(url);
    // To look at a CommonJS module can be to run it, and one that has run would not be strange.
    if (source !== undefined && !/\bexport\b/.test(source)) continue;
    const exports = await exportsSoFar(url);
    const name = exportName(exports, value);
    if (exports === undefined || name === undefined) continue;
    keepNamespace(url, exports);
    return { url, name };
  }
  return undefined;
}

/**
 * Names a function or class of a module that could not be looked into, if the module's source says
 * that it is exported. The other process compares the texts, and refuses the function if they
 * differ; but not those that a tool may have written anew, whose names have to do.
 *
 * @param value The function or class.
 * @param search What was found: the modules that could not be looked into.
 * @param refusal The error to raise in the other process.
 * @returns A reference that the other process must check, or `undefined`.
 */
export async function guessName(
  value: AnyFunction | AnyClass,
  { unfinished, strange }: NameSearch,
  refusal: FreeVariableError,
): Promise<PackedRef | undefined> {
  const local = nameOf(value);
  for (const url of local === "" ? [] : [...unfinished, ...strange]) {
    const source = await readSource(url);
    // A source that cannot be read must not make a good program fail.
    const [name] = source === undefined ? [local] : exportedNames(source, local);
    if (name === undefined) continue;
    const isRewritten = strange.includes(url) && source !== undefined;
    if (isRewritten && !isDeclaredOnce(source, local)) continue;
    const { message, variables } = refusal;
    const { length } = value;
    return {
      kind: "ref",
      url,
      name,
      check: {
        text: textOf(value),
        printer: isRewritten ? TOOL : printer(),
        local,
        length,
        message,
        variables,
      },
    };
  }
  return undefined;
}

/**
 * Looks for a function or class among the exports of modules that are still running their top
 * level, where their sources do not show it: what a call gave, say. Costs files, so it comes last.
 *
 * @param value The function or class.
 * @param urls The modules that are not finished.
 * @returns A reference to the export that is identical, or `undefined`.
 */
export async function findNameSoFar(
  value: AnyFunction | AnyClass,
  urls: readonly string[],
): Promise<PackedRef | undefined> {
  for (const url of urls) {
    const name = exportName(await exportsSoFar(url), value);
    if (name !== undefined) return packedRef(url, name);
  }
  return undefined;
}

/**
 * Says, in the message of an error, that modules could not be looked into.
 *
 * @param refusal The error.
 * @param value The function or class.
 * @param search What was found: the modules that could not be looked into.
 * @returns The error, with the explanation.
 */
export function explainUnseen(
  refusal: FreeVariableError,
  value: AnyFunction | AnyClass,
  { unfinished, strange }: NameSearch,
): FreeVariableError {
  const tool = strange.length > 0 ? toolName(textOf(value)) : undefined;
  if (tool !== undefined) {
    refusal.message +=
      `\nNote: ${
        strange[0]
      } is evaluated by ${tool}, so of its exports only those are found that it declares as ` +
      "functions or classes of a name of their own; others need register() or ref(), in a module that can be imported without " +
      tool;
  }
  for (const url of unfinished) {
    refusal.message +=
      `\nNote: ${url} is still running its top level, so of its exports only those are found that it ` +
      "declares as functions or classes; others need register() or ref()";
  }
  return refusal;
}
