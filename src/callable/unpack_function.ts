/**
 * The other side: makes a function of what was sent.
 *
 * @module
 */
import { addExportedErrors } from "../codec/exported_errors.ts";
import { FreeVariableError } from "../errors.ts";
import type { PackedCapture, PackedFunction, PackedRef, RefCheck } from "./packed_function.ts";
import { compiledModule } from "./compiled_module.ts";
import { nameOf, printer, textOf } from "./function_text.ts";
import { type Namespace, valueOf } from "./module_exports.ts";
import { evaluationError, importError, memberError } from "./function_errors.ts";
import { registeredMember } from "./register.ts";
import type { AnyFunction } from "./callable.ts";

/** Imports a module by its URL. */
export type ImportModule = (url: string) => Promise<Namespace>;

/**
 * Makes the function, or takes the class, that was packed.
 *
 * A text becomes a function in strict code, whose stack lines name it as `allcores:name` and count
 * its lines as its own text does. A reference is taken from what its module registered, if it is
 * loaded already, else from what importing it gives.
 *
 * @param packed What `packFunction()` gave on the other side.
 * @param importModule Imports a module; the ordinary `import()` by default.
 * @returns The function, at once unless a module has to be imported.
 * @throws {MultiprocessingError} (or rejects with it) if the text cannot be evaluated here, the
 * module cannot be imported, or it has no such function.
 * @throws {FreeVariableError} (rejects with it) if the sender could not check whether the function
 * is exported, and it is not.
 */
export function unpackFunction(
  packed: PackedFunction,
  importModule: ImportModule = importByUrl,
): AnyFunction | Promise<AnyFunction> {
  switch (packed.kind) {
    case "text":
      return packed.helpers === undefined
        ? evaluate(packed.name, packed.text, {})
        : evaluateWithHelpers(packed.name, packed.text, packed.helpers, {});
    case "capture":
      return unpackCapture(packed, importModule);
    case "ref":
      return unpackRef(packed, importModule);
  }
}

function importByUrl(url: string): Promise<Namespace> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ url);
}

/** The helpers are loaded only for a text that uses some. */
async function evaluateWithHelpers(
  name: string,
  text: string,
  helpers: readonly string[],
  scope: Record<string, unknown>,
): Promise<AnyFunction> {
  const { loadHelpers } = await import("./compiler_helpers.ts");
  return evaluate(name, text, { ...await loadHelpers(helpers), ...scope });
}

/**
 * Evaluates a function's text with variables in scope.
 *
 * The evaluation is an indirect one, so that nothing of this module is in scope; the text begins on
 * the first line, so that lines are counted right; the member's key gives an anonymous function the
 * name that it had.
 */
function evaluate(name: string, text: string, scope: Record<string, unknown>): AnyFunction {
  const parameters = Object.keys(scope).join(",");
  const key = JSON.stringify(name);
  const source = `"use strict";(function(${parameters}){return{[${key}]:(${text}\n)}[${key}]})` +
    `\n//# sourceURL=allcores:${name.replace(/[^\p{L}\p{N}_$.-]+/gu, "_") || "anonymous"}`;
  try {
    const value: unknown = (0, globalThis.eval)(source)(...Object.values(scope));
    if (typeof value === "function") return value as AnyFunction;
    throw new TypeError(`${text} is not a function`);
  } catch (cause) {
    throw evaluationError(name, cause);
  }
}

function unpackCapture(
  packed: PackedCapture,
  importModule: ImportModule,
): AnyFunction | Promise<AnyFunction> {
  const { name, text, helpers, variables } = packed;
  const finish = (callables: [string, unknown][] = []): AnyFunction | Promise<AnyFunction> => {
    const scope = { ...variables, ...Object.fromEntries(callables) };
    return helpers === undefined
      ? evaluate(name, text, scope)
      : evaluateWithHelpers(name, text, helpers, scope);
  };
  const entries = Object.entries(packed.callables ?? {});
  if (entries.length === 0) return finish();
  const members = entries.map(async ([key, part]): Promise<[string, unknown]> => [
    key,
    await unpackFunction(part, importModule),
  ]);
  return Promise.all(members).then(finish);
}

function unpackRef(
  packed: PackedRef,
  importModule: ImportModule,
): AnyFunction | Promise<AnyFunction> {
  const registered = registeredMember(packed.url, packed.name);
  if (registered !== undefined) return registered as AnyFunction;
  return importMember({ ...packed, url: compiledModule(packed.url) }, importModule);
}

async function importMember(
  packed: PackedRef,
  importModule: ImportModule,
): Promise<AnyFunction> {
  const { url, name, check } = packed;
  let namespace: Namespace;
  try {
    namespace = await importModule(url);
  } catch (cause) {
    throw importError(url, name, cause);
  }
  addExportedErrors(url, namespace);
  const registered = registeredMember(url, name);
  if (registered !== undefined) return registered as AnyFunction;
  const value = valueOf(namespace, name);
  if (check !== undefined) return checkSame(value, check);
  if (typeof value !== "function") throw memberError(url, name, namespace, value);
  return value as AnyFunction;
}

/**
 * Checks that an export is the sender's function, as far as names and texts can tell, since the
 * sender could not look.
 */
function checkSame(value: unknown, check: RefCheck): AnyFunction {
  if (
    typeof value === "function" && nameOf(value) === check.local && value.length === check.length
  ) {
    // Another runtime prints the same function in another way: there the name must do.
    if (check.printer !== printer() || textOf(value) === check.text) return value as AnyFunction;
  }
  throw new FreeVariableError(check.message, check.variables.map((variable) => ({ ...variable })));
}
