/**
 * Checks that the published declarations tell nothing of the inside of this library: they declare and mention what `mod.ts`
 * exports and no other type of the sources, they have no member for this library's own use, and no constructor that takes what
 * has no name.
 *
 * Needs `dist` (see `npm run build`).
 *
 * @module
 */

import { existsSync } from "node:fs";
import ts from "typescript";
import { readText, typescriptFiles } from "./support/files.ts";
import { inRoot } from "./support/paths.ts";
import { publishedProblems } from "./support/published_types.ts";
import { report } from "./support/report.ts";
import { parse } from "./support/source.ts";

const declarations = "dist/mod.d.ts";

if (!existsSync(inRoot(declarations))) report([`${declarations} is not there: npm run build`]);
else report(publishedProblems(readText(declarations), internalTypes()));

/** The types that the sources export, and `mod.ts` does not. */
function internalTypes(): ReadonlySet<string> {
  const published = publishedNames();
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

function publishedNames(): ReadonlySet<string> {
  const program = ts.createProgram([inRoot("mod.ts")], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2024,
    allowImportingTsExtensions: true,
    noEmit: true,
    types: ["node"],
  });
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(inRoot("mod.ts"))!)!;
  return new Set(checker.getExportsOfModule(module).map(({ name }) => name));
}
