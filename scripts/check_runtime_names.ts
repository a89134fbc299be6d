/**
 * Checks that one file asks which runtime this is, and that only an adapter touches its runtime's names.
 *
 * @module
 */

import ts from "typescript";
import { typescriptFiles } from "./support/files.ts";
import { report } from "./support/report.ts";
import { importsOf, parse, place, walk } from "./support/source.ts";

/** The one file that asks. */
const chooser = "src/runtime/choose.ts";

/** The globals of a runtime, and the folder that may use them. */
const homes: Record<string, string> = {
  Deno: "src/runtime/deno/",
  Bun: "src/runtime/bun/",
};

const files = typescriptFiles("mod.ts", "src");
const problems = files.flatMap(problemsOf);
const asks = files.includes(chooser) && questionsOf(parse(chooser)).length === 0;
if (asks) problems.push(`${chooser}: does not ask which runtime this is`);
report(problems);

function problemsOf(path: string): string[] {
  if (path === chooser) return [];
  const file = parse(path);
  const questions = questionsOf(file).map((where) => `${where}: asks which runtime this is`);
  return [...questions, ...namesOf(file), ...bunModules(file)];
}

/** Places with `typeof Deno`, `"Bun" in globalThis` or `process.versions.bun`. */
function questionsOf(file: ts.SourceFile): string[] {
  const found: string[] = [];
  walk(file, (node) => {
    if (isQuestion(node)) found.push(place(file, node));
  });
  return found;
}

function isQuestion(node: ts.Node): boolean {
  if (ts.isTypeOfExpression(node)) return isRuntimeGlobal(node.expression);
  if (ts.isPropertyAccessExpression(node)) return isVersionOf(node);
  const isIn = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword;
  return isIn && ts.isStringLiteral(node.left) && Object.hasOwn(homes, node.left.text);
}

function isRuntimeGlobal(node: ts.Node): boolean {
  if (ts.isIdentifier(node)) return Object.hasOwn(homes, node.text);
  return ts.isPropertyAccessExpression(node) && Object.hasOwn(homes, node.name.text);
}

function isVersionOf(node: ts.PropertyAccessExpression): boolean {
  if (!["deno", "bun"].includes(node.name.text)) return false;
  return ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === "versions";
}

/** Places that use a runtime's global outside its folder. */
function namesOf(file: ts.SourceFile): string[] {
  const found: string[] = [];
  walk(file, (node) => {
    if (!ts.isIdentifier(node) && !ts.isStringLiteral(node)) return;
    if (!Object.hasOwn(homes, node.text) || file.fileName.startsWith(homes[node.text])) return;
    found.push(`${place(file, node)}: names ${node.text} outside ${homes[node.text]}`);
  });
  return found;
}

function bunModules(file: ts.SourceFile): string[] {
  if (file.fileName.startsWith(homes.Bun)) return [];
  const named = importsOf(file).filter((specifier) => specifier.startsWith("bun:"));
  return named.map((specifier) => `${file.fileName}: imports "${specifier}" outside ${homes.Bun}`);
}
