/**
 * Checks what is public: that the npm build exports what its sources do, values and types alike, and loads; that the
 * child's entry is found from where it is named; and that every exported class and function shows an example.
 *
 * Needs `dist` (see `npm run build`).
 *
 * @module
 */

import { existsSync, readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { ENTRIES, type Entry } from "./build/entries.ts";
import { readText } from "./support/files.ts";
import { inRoot } from "./support/paths.ts";
import { report } from "./support/report.ts";

/** What users import names from. */
const modules = ENTRIES.filter(({ isProgram }) => !isProgram);
const missing = modules.map(declarationsOf).filter((path) => !existsSync(inRoot(path)));

if (missing.length > 0) report(missing.map((path) => `${path} is not there: npm run build`));
else report([...(await Promise.all(modules.map(problems))).flat(), ...misplaced()]);

function declarationsOf({ name }: Entry): string {
  return `dist/${name}.d.ts`;
}

async function problems(entry: Entry): Promise<string[]> {
  const { source } = entry;
  const declarations = declarationsOf(entry);
  const script = `dist/${entry.name}.js`;
  const program = ts.createProgram([inRoot(source), inRoot(declarations)], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2024,
    allowImportingTsExtensions: true,
    noEmit: true,
    types: ["node"],
  });
  const checker = program.getTypeChecker();
  const written = exportsOf(program, checker, inRoot(source));
  const built = exportsOf(program, checker, inRoot(declarations));
  const there = await loaded(script);
  const loadedNames = Object.keys(there).sort();
  return [
    ...difference(names(written), names(built), `${declarations} lacks`),
    ...difference(names(built), names(written), `${declarations} has what ${source} lacks:`),
    ...difference(values(checker, written), loadedNames, `${script} lacks`),
    ...difference(loadedNames, values(checker, written), `${script} has what ${source} lacks:`),
    ...renamed(script, there, await loaded(source)),
    ...withoutExample(source, checker, written),
  ];
}

function exportsOf(program: ts.Program, checker: ts.TypeChecker, path: string): ts.Symbol[] {
  const file = program.getSourceFile(path);
  const module = file && checker.getSymbolAtLocation(file);
  return module ? checker.getExportsOfModule(module) : [];
}

function names(symbols: ts.Symbol[]): string[] {
  return symbols.map((symbol) => symbol.name).sort();
}

function values(checker: ts.TypeChecker, symbols: ts.Symbol[]): string[] {
  return names(symbols.filter((symbol) => target(checker, symbol).flags & ts.SymbolFlags.Value));
}

function target(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

async function loaded(path: string): Promise<Record<string, unknown>> {
  return await import(pathToFileURL(inRoot(path)).href);
}

/** Bundlers rename what they move; users see the names in errors. */
function renamed(
  script: string,
  built: Record<string, unknown>,
  sources: Record<string, unknown>,
): string[] {
  return Object.entries(built).flatMap(([name, value]) => {
    const wanted = sources[name];
    if (typeof value !== "function" || typeof wanted !== "function") return [];
    return value.name === wanted.name ? [] : [`${script}: ${name} is called ${value.name}`];
  });
}

function difference(wanted: string[], there: string[], text: string): string[] {
  return wanted.filter((name) => !there.includes(name)).map((name) => `${text} ${name}`);
}

/** A chunk that names the child's entry stands where that address is right; see tsup.config.ts. */
function misplaced(): string[] {
  const files = readdirSync(inRoot("dist"), { recursive: true, encoding: "utf8" });
  const scripts = files.filter((name) => name.endsWith(".js"));
  const naming = scripts.filter((name) => readText(`dist/${name}`).includes("/entry/main.${"));
  if (naming.length !== 1) return [`${naming.length} files in dist name the child's entry, not 1`];
  const entry = new URL("../entry/main.js", pathToFileURL(inRoot(`dist/${naming[0]}`)));
  return existsSync(entry) ? [] : [`dist/${naming[0]}: ../entry/main.js is not there`];
}

function withoutExample(
  source: string,
  checker: ts.TypeChecker,
  symbols: ts.Symbol[],
): string[] {
  return symbols.filter((symbol) => {
    const { flags } = target(checker, symbol);
    if (!(flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Function))) return false;
    if (isError(checker, target(checker, symbol))) return false;
    const tags = target(checker, symbol).getJsDocTags(checker);
    return !tags.some((tag) => tag.name === "example");
  }).map((symbol) => `${source}: ${symbol.name} has no @example`);
}

function isError(checker: ts.TypeChecker, symbol: ts.Symbol): boolean {
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  return type.getProperty("stack") !== undefined && type.getProperty("message") !== undefined;
}
