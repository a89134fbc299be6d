/**
 * Finds functions and classes by the names that they have in modules.
 *
 * @module
 */
import type { FreeVariableError } from "../errors.ts";
import type { PackedRef } from "./packed_function.ts";
import { nameOf, PRINTER, textOf } from "./function_text.ts";
import { exportName, findExport } from "./module_exports.ts";
import { exportedNames, importedModules, readSource } from "./module_source.ts";
import { exportsSoFar } from "./exports_so_far.ts";
import { packedRef } from "./ref.ts";
import type { AnyClass, AnyFunction } from "./callable.ts";

/** What a search found. */
export interface NameSearch {
  /** The member that is identical. */
  readonly packed?: PackedRef;
  /**
   * The calling modules that could not be looked into, because they are still running their top
   * level.
   */
  readonly unfinished: readonly string[];
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
  const { found, unfinished } = await findExport(value, sites);
  if (found !== undefined) return { packed: packedRef(found.url, found.name), unfinished };
  for (const site of sites) {
    const source = await readSource(site);
    if (source === undefined) continue;
    const imported = await findExport(value, importedModules(source, nameOf(value), site));
    if (imported.found === undefined) continue;
    return { packed: packedRef(imported.found.url, imported.found.name), unfinished };
  }
  return { unfinished };
}

/**
 * Names a function or class of a module that is still running its top level, if the module's source
 * says that it is exported. The other process compares the texts, and refuses the function if they
 * differ.
 *
 * @param value The function or class.
 * @param urls The modules that are not finished.
 * @param refusal The error to raise in the other process.
 * @returns A reference that the other process must check, or `undefined`.
 */
export async function guessName(
  value: AnyFunction | AnyClass,
  urls: readonly string[],
  refusal: FreeVariableError,
): Promise<PackedRef | undefined> {
  const local = nameOf(value);
  for (const url of local === "" ? [] : urls) {
    const source = await readSource(url);
    // A source that cannot be read must not make a good program fail.
    const [name] = source === undefined ? [local] : exportedNames(source, local);
    if (name === undefined) continue;
    const { message, variables } = refusal;
    const { length } = value;
    return {
      kind: "ref",
      url,
      name,
      check: { text: textOf(value), printer: PRINTER, local, length, message, variables },
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
 * Says, in the message of an error, that a module could not be looked into.
 *
 * @param refusal The error.
 * @param urls The modules that are not finished.
 * @returns The error, with the explanation.
 */
export function explainUnfinished(
  refusal: FreeVariableError,
  urls: readonly string[],
): FreeVariableError {
  for (const url of urls) {
    refusal.message +=
      `\nNote: ${url} is still running its top level, so of its exports only those are found that it ` +
      "declares as functions or classes; others need register() or ref()";
  }
  return refusal;
}
