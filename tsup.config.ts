/**
 * The npm build: the entries of `scripts/build/entries.ts`, and the chunks that they share.
 *
 * - Parent and child have one copy of every class, since what both need is in a chunk.
 * - The folders are such that the address of the child's entry is right as the sources write it: a chunk in `chunks` finds
 *   `entry/main.js` as a file of `src/identity` finds `src/entry/main.ts`.
 * - What is loaded together is one file, since each file more costs Node a third of a millisecond: see
 *   `scripts/build/merge_chunks.ts`. What is rarely needed is a chunk of its own, and is loaded late as in the sources; a child's
 *   entry has its work in it: see `src/entry/parts.ts`.
 * - `node:` prefixes stay, since Deno and Bun know the built-in modules by them.
 * - What a program does not use can be left out of its bundle, and classes have their names: see `scripts/build/shakable.ts`.
 * - The lowest target is Node 20, so that esbuild lowers `using`.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { defineConfig } from "tsup";
import { ENTRIES, sourcesOf } from "./scripts/build/entries.ts";
import { keepImportComments } from "./scripts/build/keep_import_comments.ts";
import { mergeChunks } from "./scripts/build/merge_chunks.ts";
import { exportedNames, makeShakable } from "./scripts/build/shakable.ts";

const programs = ENTRIES.filter(({ isProgram }) => isProgram).map(({ name }) => `/${name}.js`);
const named = exportedNames(readFileSync("mod.ts", "utf8"));

export default defineConfig(({ outDir = "dist" }) => ({
  entry: sourcesOf(ENTRIES),
  outDir,
  format: ["esm"],
  platform: "neutral",
  target: "node20",
  splitting: true,
  clean: true,
  silent: true,
  removeNodeProtocol: false,
  external: [/^node:/, /^bun:/, "koffi", "acorn", "eslint-scope", "tslib"],
  dts: {
    entry: sourcesOf(ENTRIES.filter(({ hasTypes }) => hasTypes)),
    // Without @types/node, the library of es2022 lacks `Disposable`.
    banner: '/// <reference lib="esnext.disposable" />',
  },
  // Comments and blanks cost every child milliseconds.
  esbuildOptions(options) {
    options.chunkNames = "chunks/[name]-[hash]";
    options.minifyWhitespace = true;
    options.minifySyntax = true;
    options.legalComments = "none";
  },
  plugins: [keepImportComments, {
    name: "shakable",
    renderChunk: (code, { path }) => ({
      code: makeShakable(code, programs.some((name) => path.endsWith(name)), named),
    }),
  }],
  onSuccess: () => mergeChunks(outDir),
}));
