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
import { join, resolve } from "node:path";
import { type GetModuleInfo, type ManualChunksOption, rollup } from "rollup";

/** What is loaded as one: the main module, a child's beginning, and the classes of handles. */
const LOADED = [/[/\\]mod\.js$/, /[/\\]entry[/\\]main\.js$/, /[/\\]handle_classes-\w+\.js$/];

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
 * @param folder The folder with `mod.js` and `entry/main.js`.
 */
export async function mergeChunks(folder: string): Promise<void> {
  const bundle = await rollup({
    input: { mod: join(folder, "mod.js"), "entry/main": join(folder, "entry/main.js") },
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
    banner: ({ fileName }) => fileName === "mod.js" ? '/* @ts-self-types="./mod.d.ts" */' : "",
    entryFileNames: "[name].js",
    chunkFileNames: ({ name }) => `chunks/${name.replace(/-\w{8}$/, "")}-[hash].js`,
    hoistTransitiveImports: false,
    manualChunks: grouping(loaded),
  });
  await bundle.close();
  const written = await scripts(folder);
  const entries = ["mod.js", join("entry", "main.js")].map((name) => join(folder, name));
  const kept = new Set([...written.filter((file) => !files.includes(file)), ...entries]);
  await Promise.all(written.filter((file) => !kept.has(file)).map((file) => rm(file)));
}

async function scripts(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith(".js")).map((name) => join(folder, name));
}

function grouping(files: readonly string[]): ManualChunksOption {
  let needed: Map<string, string> | null = null;
  return (id, { getModuleInfo }) => {
    needed ??= whatNeeds(files, getModuleInfo);
    return NAMES[needed.get(id) ?? ""];
  };
}

/** For each file which of {@linkcode LOADED} need it. */
function whatNeeds(files: readonly string[], getModuleInfo: GetModuleInfo): Map<string, string> {
  const needed = LOADED.map((entry) => {
    const found = new Set<string>();
    const visit = (id: string): void => {
      if (found.has(id)) return;
      found.add(id);
      for (const imported of getModuleInfo(id)?.importedIds ?? []) visit(imported);
    };
    for (const file of files) if (entry.test(file)) visit(file);
    return found;
  });
  const entries = files.filter((file) => LOADED.some((entry) => entry.test(file)));
  return new Map(
    files.filter((file) => !entries.includes(file)).map((file) => [
      file,
      needed.map((set) => Number(set.has(file))).join(""),
    ]),
  );
}
