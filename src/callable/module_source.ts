/**
 * What the source of a module tells of its exports, for a module that is still running its top
 * level and so cannot be looked into.
 *
 * Only a hint: the source may be TypeScript and is searched, not parsed. Whoever acts on it has the
 * other side check what it finds. It decides whether a function is refused here and now, or there.
 *
 * @module
 */

import { runtime } from "../runtime/current.ts";

/** A module that is no program, to see whether modules can be imported as text. */
const PROBE = "data:text/plain,x";

let canImportText: Promise<boolean> | undefined;

/**
 * Reads the source of a module.
 *
 * Where modules can be imported as text, a program needs no permission to read one that it runs.
 * Where they cannot, trying it would run the module once more, hence the probe.
 *
 * @param url The module's URL.
 * @returns Its source, or `undefined` if it cannot be read.
 */
export async function readSource(url: string): Promise<string | undefined> {
  // There the attribute may be ignored, and the module run once more.
  if (runtime.program.isCompiled) return undefined;
  canImportText ??= importText(PROBE).then((text) => text === "x");
  if (await canImportText) return await importText(url);
  if (!url.startsWith("file:")) return undefined;
  // Loaded only here: at every start of a child it would cost more than the rest of this library.
  const { readFile } = await import("node:fs/promises");
  return await readFile(new URL(url), "utf8").catch(() => undefined);
}

async function importText(url: string): Promise<string | undefined> {
  try {
    const module = await import(/* @vite-ignore */ /* webpackIgnore: true */ url, {
      with: { type: "text" },
    });
    return typeof module.default === "string" ? module.default : undefined;
  } catch {
    return undefined;
  }
}

/** Where a statement may begin. */
const BEGIN = String.raw`(?:^|[;{}\n])\s*`;

/**
 * What surely makes a new function or class: not a call, which may give one of several that look
 * alike.
 */
const LITERAL = String.raw`(?:async\b\s*)?(?:function\b|class\b|\(|[\w$]+\s*=>)`;

/**
 * Finds under which names a module exports a function or class that it declares with a name.
 *
 * @param source The module's source.
 * @param local The name of the function or class itself.
 * @returns The names, the most likely first; none if the module does not visibly export it.
 */
export function exportedNames(source: string, local: string): string[] {
  const name = `${local.replace(/[^\w]/g, "\\$&")}(?![\\w$])`;
  const has = (...parts: string[]): boolean => new RegExp(BEGIN + parts.join("")).test(source);
  if (local === "default" && has(String.raw`export\s+default\s+`, LITERAL)) return ["default"];
  const modifiers = String.raw`(?:(?:declare|abstract|async)\s+)*`;
  const declaration = String.raw`${modifiers}(?:(?:function\s*\*?|class)\s*${name}|` +
    String.raw`(?:const|let|var)\s+${name}[^;\n]*?=(?![>=])\s*${LITERAL})`;
  if (local === "" || !has(String.raw`(?:export\s+)?(?:default\s+)?`, declaration)) return [];
  const names = [...listedNames(source, local)];
  if (has(String.raw`export\s+`, declaration)) names.unshift(local);
  if (has(String.raw`export\s+default\s+(?:${modifiers}(?:function\s*\*?|class)\s*)?${name}`)) {
    names.push("default");
  }
  return [...new Set(names)];
}

/**
 * Tells whether a module visibly declares only one function or class of a name.
 *
 * @param source The module's source.
 * @param local The name of the function or class itself.
 * @returns Whether no second one can be mistaken for it.
 */
export function isDeclaredOnce(source: string, local: string): boolean {
  const name = `${local.replace(/[^\w]/g, "\\$&")}(?![\\w$])`;
  const declarations = source.matchAll(
    new RegExp(String.raw`\b(?:function\s*\*?|class|const|let|var)\s+${name}`, "g"),
  );
  return [...declarations].length <= 1;
}

/** The exported names of `export { local as name }`. */
function* listedNames(source: string, local: string): Generator<string> {
  const lists = source.matchAll(
    new RegExp(String.raw`${BEGIN}export\s*\{([^}]*)\}(?!\s*from)`, "g"),
  );
  for (const [, list = ""] of lists) {
    for (const item of list.split(",")) {
      const [name, as, exported] = item.trim().split(/\s+/);
      if (name === local) yield as === "as" && exported ? exported : name;
    }
  }
}

/**
 * Tells whether a module surely declares no variable of a name: wherever the name stands in the
 * source, `typeof` is asked of it.
 *
 * @param source The module's source.
 * @param name The name.
 * @returns Whether the name occurs, and only so.
 */
export function isOnlyAsked(source: string, name: string): boolean {
  const escaped = name.replace(/[^\w]/g, "\\$&");
  const uses = [...source.matchAll(new RegExp(String.raw`(?<![\w$.])${escaped}(?![\w$])`, "g"))];
  return uses.length > 0 &&
    uses.every(({ index }) => /typeof\s*\(?\s*$/.test(source.slice(0, index)));
}

/**
 * Tells whether a module may export classes that extend another one.
 *
 * @param source The module's source.
 * @returns Whether it has such a class, or passes on what other modules export.
 */
export function mayExportSubclasses(source: string): boolean {
  return /\bextends\b|\bexport\s*(?:\*|\{[^}]*\}\s*from\b)/.test(source) ||
    /\bimport\b/.test(source) && /\bexport\s*\{/.test(source);
}

/**
 * Finds the modules from which a module imports something of a name.
 *
 * @param source The module's source.
 * @param name The name of a function or class, which may be imported under another one.
 * @param url The module's URL, which relative specifiers are resolved against.
 * @returns The URLs of those modules, also of those that are imported as a whole; not of packages,
 * whose names mean nothing elsewhere.
 */
export function importedModules(source: string, name: string, url: string): string[] {
  const escaped = name.replace(/[^\w]/g, "\\$&");
  const wanted = new RegExp(
    String.raw`\*\s*as\s|(?<![\w$]|\btype\s+)${escaped || "default"}(?![\w$])`,
  );
  const urls: string[] = [];
  for (const [, clause = "", specifier = ""] of source.matchAll(IMPORT)) {
    const isDefault = name === "default" && /^[\w$]+\s*(,|$)/.test(clause.trim());
    const isFile = /^(\.{0,2}\/|file:|https?:)/.test(specifier);
    if (isFile && (isDefault || wanted.test(clause))) urls.push(new URL(specifier, url).href);
  }
  return [...new Set(urls)];
}

/**
 * Tells whether a module imports something from another one, types aside.
 *
 * @param source The module's source.
 * @param wanted The URL of the other module.
 * @param url The module's own URL.
 * @returns Whether it does, as far as its source tells.
 */
export function importsFrom(source: string, wanted: string, url: string): boolean {
  for (const [, clause = "", specifier = ""] of source.matchAll(IMPORT)) {
    if (!URL.canParse(specifier, url) || new URL(specifier, url).href !== wanted) continue;
    const names = clause.replace(/[{}]/g, ",").split(",").map((name) => name.trim());
    if (names.some((name) => name !== "" && !/^type\s+[\w$]/.test(name))) return true;
  }
  return false;
}

const IMPORT = /\bimport\s*(?!type\b)([\w$*{][^"';]*?)\s*\bfrom\s*["']([^"'\n]+)["']/g;
