/**
 * The messages by which a function or class is refused: what is wrong with it, and every way out.
 *
 * @module
 */
import { type FreeVariable, FreeVariableError, MultiprocessingError } from "../errors.ts";
import type { AnyFunction } from "./callable.ts";
import { isNativeText, textOf } from "./function_text.ts";
import { exportNames, type Namespace } from "./module_exports.ts";
import { valueInWords } from "./value_in_words.ts";
import { dropsTailCalls } from "./call_site.ts";
import { testRunner } from "./tool_modules.ts";

/** What TypeScript puts beside programs for no newer target. */
const ES5_HELPER = /^__(assign|extends|generator|read|spread|spreadArrays?|values)\d*$/;

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/**
 * Refuses a function because of its outer variables.
 *
 * @param name The function's name.
 * @param variables Its outer variables.
 * @returns The error to throw.
 */
export function freeVariableError(
  name: string,
  variables: readonly FreeVariable[],
): FreeVariableError {
  return new FreeVariableError(freeVariableMessage(name, variables), [...variables]);
}

/**
 * Says why a function with outer variables is refused.
 *
 * @param name The function's name.
 * @param variables Its outer variables.
 * @returns The message.
 */
function freeVariableMessage(name: string, variables: readonly FreeVariable[]): string {
  const lines = variables.map((variable) =>
    `  ${variable.name} (line ${variable.line} of the function)${explain(variable.name, name)}`
  );
  const names = variables.map((variable) => variable.name);
  return [
    `Cannot run ${
      label(name)
    } in another process: it uses outer variables, which are not known there`,
    ...lines,
    ...remedies(name, names),
  ].join("\n");
}

/**
 * Refuses a function that has no text: a bound one, a proxy, or one of the runtime's inner ones.
 *
 * @param fn The function.
 * @param name Its name.
 * @returns The error to throw.
 */
export function nativeError(fn: AnyFunction, name: string): FreeVariableError {
  const isBound = name.startsWith("bound ");
  const why = isBound
    ? "it is a bound function, whose `this` and arguments are known only here"
    : "it is native code, or a proxy, to which no global variable leads";
  const line = `Cannot run ${label(name)} in another process: ${why}`;
  const variables = isBound && isNativeText(textOf(fn)) ? [{ name: "this", line: 1 }] : [];
  const way =
    "  - call it in a function that gets what it needs as arguments: (x, y) => x.method(y)";
  return new FreeVariableError([line, "What helps:", way, ...names(name)].join("\n"), variables);
}

/**
 * Refuses a function whose text cannot be read.
 *
 * @param name The function's name.
 * @param problem What the parser said.
 * @returns The error to throw.
 */
export function unreadableError(name: string, problem: string): FreeVariableError {
  const line = `Cannot run ${
    label(name)
  } in another process: its text cannot be read as strict code: ${problem}`;
  return new FreeVariableError([line, "What helps:", ...names(name)].join("\n"), []);
}

/**
 * Refuses a class that another process could not find.
 *
 * @param name The class's name.
 * @returns The error to throw.
 */
export function classError(name: string): FreeVariableError {
  const shown = name === "" ? "an anonymous class" : `the class "${name}"`;
  const line =
    `Cannot send ${shown} to another process: its module neither exports nor registers it`;
  const own = IDENTIFIER.test(name) ? name : "Name";
  return new FreeVariableError(
    [
      line,
      "What helps, in the module that defines it:",
      `  - export class ${own} … ${MAIN_PART}`,
      `  - register(import.meta.url, { ${own} })`,
    ].join("\n"),
    [{ name: name || "class", line: 1 }],
  );
}

/**
 * Reports that a function's text cannot be evaluated in this process.
 *
 * @param name The function's name.
 * @param cause Why not: the runtime does not know the syntax, or does not allow evaluation.
 * @returns The error to throw.
 */
export function evaluationError(name: string, cause: unknown): MultiprocessingError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MultiprocessingError(
    `Cannot make a function of the text of ${label(name)} here: ${reason}\n` +
      "Name it by its module instead: export it, or use ref() or register()",
    { cause },
  );
}

/**
 * Reports that a module which should have a function cannot be imported.
 *
 * @param url The module's URL.
 * @param name The name of the member that was wanted.
 * @param cause Why it cannot be imported.
 * @returns The error to throw.
 */
export function importError(url: string, name: string, cause: unknown): MultiprocessingError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const runner = testRunner();
  const remedy = runner === undefined
    ? ""
    : `\nA worker imports modules without ${runner}: put "${name}" into one that needs nothing of ${runner} or its configuration`;
  const text = `Cannot import ${url} to get "${name}" from it: ${reason}${remedy}`;
  return new MultiprocessingError(text, { cause });
}

/**
 * Reports that a module has no such function.
 *
 * @param url The module's URL.
 * @param name The name of the member that was wanted.
 * @param namespace The module's exports.
 * @param value What the module has under that name.
 * @returns The error to throw.
 */
export function memberError(
  url: string,
  name: string,
  namespace: Namespace,
  value: unknown,
): MultiprocessingError {
  const exports = exportNames(namespace).join(", ") || "nothing";
  const what = value === undefined
    ? `${url} has no export "${name}"`
    : `"${name}" of ${url} is not a function: it is ${valueInWords(value)}`;
  return new MultiprocessingError(
    `${what}\nIt exports: ${exports}\nExport it, or call register(import.meta.url, { ${name} }) there`,
  );
}

function label(name: string): string {
  return name === "" ? "an anonymous function" : `"${name}"`;
}

function explain(variable: string, fn: string): string {
  if (variable === "this") {
    return `: an arrow function's "this" is that of the place where it stands`;
  }
  if (variable.startsWith("import(")) {
    return ": from there, the module would be looked for elsewhere; use an absolute URL";
  }
  if (ES5_HELPER.test(variable)) {
    return `: TypeScript's helper for the target ES5; set a newer "target", ES2015 at least`;
  }
  if (/^cov_/.test(variable)) {
    return ': a coverage tool put it there; use one that does not rewrite functions, as the provider "v8"';
  }
  if (/^_{1,2}[a-z]|_1$|^import_|__WEBPACK_|^__vite|^__vi_/.test(variable)) {
    return ": it seems that a compiler put it there, for an import or as a helper";
  }
  if (variable === fn) return ": to call itself, it must be written as a function declaration";
  if (variable in globalThis) {
    return `: if you mean the global variable, write globalThis.${variable}`;
  }
  return "";
}

function remedies(name: string, variables: string[]): string[] {
  const capturable = variables.filter((variable) =>
    IDENTIFIER.test(variable) && !isWord(variable) && !ES5_HELPER.test(variable)
  );
  const captured = capturable.length === 0 ? [] : [
    `  - send copies along: capture({ ${capturable.join(", ")} }, ${
      IDENTIFIER.test(name) ? name : "fn"
    })`,
  ];
  return ["What helps:", "  - pass them as arguments", ...captured, ...names(name)];
}

function isWord(variable: string): boolean {
  return variable === "this" || variable === "super" || variable === "arguments";
}

/** The ways to have a function found by its name. */
function names(name: string): string[] {
  const own = IDENTIFIER.test(name) ? name : "fn";
  const trace = dropsTailCalls() ? [TAIL_CALL_HINT] : [];
  return [
    `  - export "${own}" from the module that calls, so that it is found by name ${MAIN_PART}`,
    ...trace,
    `  - name it by its module: ref(new URL("./module.ts", import.meta.url), "${own}"), ` +
    `or register(import.meta.url, { ${own} }) there`,
  ];
}

const MAIN_PART = '(its main part then stands under "if (import.meta.main)")';

const TAIL_CALL_HINT =
  '    (a function that is not async must not just "return pool.map(…)": such callers are forgotten here)';
