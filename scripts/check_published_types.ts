/**
 * Checks that the published declarations tell nothing of the inside of this library: they declare and mention what their
 * modules export and no other type of the sources, they have no member for this library's own use, and no constructor that takes what
 * has no name.
 *
 * Needs `dist` (see `npm run build`).
 *
 * @module
 */

import { existsSync } from "node:fs";
import ts from "typescript";
import { ENTRIES, type Entry } from "./build/entries.ts";
import { readText, typescriptFiles } from "./support/files.ts";
import { inRoot } from "./support/paths.ts";
import { publishedProblems } from "./support/published_types.ts";
import { report } from "./support/report.ts";
import { parse } from "./support/source.ts";

const modules = ENTRIES.filter(({ isProgram }) => !isProgram);
report(modules.flatMap(problemsOf));

function problemsOf({ name, source }: Entry): string[] {
  const path = `dist/${name}.d.ts`;
  if (!existsSync(inRoot(path))) return [`${path} is not there: npm run build`];
  const problems = publishedProblems(readText(path), internalTypes(source));
  return problems.map((problem) => `${path}: ${problem}`);
}

/** The types that the sources export, and a module does not. */
function internalTypes(source: string): ReadonlySet<string> {
  const published = publishedNames(source);
  const names = typescriptFiles("src").flatMap((path) => parse(path).statements.flatMap(typeName));
  return new Set(names.filter((name) => !published.has(name)));
}

function typeName(statement: ts.Statement): string[] {
  const isType = ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  if (!isType || statement.name === undefined) return [];
  const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  return isExported ? [statement.name.text] : [];
}

function publishedNames(source: string): ReadonlySet<string> {
  const program = ts.createProgram([inRoot(source)], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2024,
    allowImportingTsExtensions: true,
    noEmit: true,
    types: ["node"],
  });
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(inRoot(source))!)!;
  return new Set(checker.getExportsOfModule(module).map(({ name }) => name));
}
