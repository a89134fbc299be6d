/**
 * Merges the files of a build that are loaded together.
 *
 * esbuild makes a file for each set of entries that need the same modules, and counts what is loaded late as an entry: 28 files
 * for the main module. Each costs Node a third of a millisecond. Here those become one file that are needed by the same of
 * three: the main module, a child's beginning, and a child to which a handle comes.
 *
 * @module
 */

import { readdir, rm } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { ENTRIES } from "./entries.ts";
import { type GetModuleInfo, type ManualChunksOption, rollup } from "rollup";

/** What is loaded as one, by paths in the folder: the main module, a child's beginning, and the classes of handles. */
const LOADED = [/^mod\.js$/, /^entry[/\\]main\.js$/, /[/\\]handle_classes-\w+\.js$/];

/** The names of the files by what needs them, in the order of {@linkcode LOADED}. */
const NAMES: Readonly<Record<string, string>> = {
  "111": "core",
  "110": "core",
  "101": "objects",
  "100": "callers",
  "010": "child",
  "011": "child",
};

/**
 * Merges the files of a build.
 *
 * @param folder The folder with the entries.
 */
export async function mergeChunks(folder: string): Promise<void> {
  const bundle = await rollup({
    input: Object.fromEntries(ENTRIES.map(({ name }) => [name, join(folder, `${name}.js`)])),
    external: (id) => !id.startsWith(".") && id !== resolve(id),
    // What can be left out is for whoever bundles a program to see.
    treeshake: false,
  });
  const files = await scripts(folder);
  const loaded = files.map((file) => resolve(file));
  await bundle.write({
    dir: folder,
    format: "esm",
    compact: true,
    // Deno and JSR do not look for declarations by their name.
    banner: ({ name, isEntry }) => isEntry ? typesOf(name) : "",
    entryFileNames: "[name].js",
    chunkFileNames: ({ name }) => `chunks/${name.replace(/-\w{8}$/, "")}-[hash].js`,
    hoistTransitiveImports: false,
    manualChunks: grouping(folder, loaded),
  });
  await bundle.close();
  const written = await scripts(folder);
  const entries = ENTRIES.map(({ name }) => join(folder, `${name}.js`));
  const kept = new Set([...written.filter((file) => !files.includes(file)), ...entries]);
  await Promise.all(written.filter((file) => !kept.has(file)).map((file) => rm(file)));
}

/** Where the declarations of an entry are, where others may import something of it. */
function typesOf(name: string): string {
  const entry = ENTRIES.find((entry) => entry.name === name);
  if (entry === undefined || entry.isProgram || !entry.hasTypes) return "";
  return `/* @ts-self-types="./${basename(name)}.d.ts" */`;
}

async function scripts(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith(".js")).map((name) => join(folder, name));
}

function grouping(folder: string, files: readonly string[]): ManualChunksOption {
  let needed: Map<string, string> | null = null;
  return (id, { getModuleInfo }) => {
    needed ??= whatNeeds(folder, files, getModuleInfo);
    return NAMES[needed.get(id) ?? ""];
  };
}

/** For each file which of {@linkcode LOADED} need it. */
function whatNeeds(
  folder: string,
  files: readonly string[],
  getModuleInfo: GetModuleInfo,
): Map<string, string> {
  const isLoaded = (entry: RegExp, file: string): boolean => entry.test(relative(folder, file));
  const needed = LOADED.map((entry) => {
    const found = new Set<string>();
    const visit = (id: string): void => {
      if (found.has(id)) return;
      found.add(id);
      for (const imported of getModuleInfo(id)?.importedIds ?? []) visit(imported);
    };
    for (const file of files) if (isLoaded(entry, file)) visit(file);
    return found;
  });
  const entries = files.filter((file) => LOADED.some((entry) => isLoaded(entry, file)));
  return new Map(
    files.filter((file) => !entries.includes(file)).map((file) => [
      file,
      needed.map((set) => Number(set.has(file))).join(""),
    ]),
  );
}
