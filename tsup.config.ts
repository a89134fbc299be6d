/**
 * The npm build: two entries, and the chunks that they share.
 *
 * - Parent and child have one copy of every class, since what both need is in a chunk.
 * - The folders are such that the address of the child's entry is right as the sources write it: a chunk in `chunks` finds
 *   `entry/main.js` as a file of `src/identity` finds `src/entry/main.ts`.
 * - A child's entry has its work in it, since each file more would cost every child a part of a millisecond: see
 *   `src/entry/parts.ts`. What is rarely needed is a chunk of its own, and is loaded late as in the sources.
 * - `node:` prefixes stay, since Deno and Bun know the built-in modules by them.
 * - The lowest target is Node 20, so that esbuild lowers `using`.
 *
 * @module
 */
import { defineConfig } from "tsup";
import { keepImportComments } from "./scripts/support/keep_import_comments.ts";

export default defineConfig({
  entry: { mod: "mod.ts", "entry/main": "src/entry/bundled_main.ts" },
  outDir: "dist",
  format: ["esm"],
  platform: "neutral",
  target: "node20",
  splitting: true,
  clean: true,
  silent: true,
  removeNodeProtocol: false,
  external: [/^node:/, /^bun:/, "koffi", "acorn", "cli-progress", "eslint-scope", "tslib"],
  plugins: [keepImportComments],
  dts: {
    entry: { mod: "mod.ts", "entry/main": "src/entry/bundled_main.ts" },
    // Without @types/node, the library of es2022 lacks `Disposable`.
    banner: '/// <reference lib="esnext.disposable" />',
  },
  // Comments and blanks cost every child milliseconds.
  esbuildOptions(options) {
    options.chunkNames = "chunks/[name]-[hash]";
    options.minifyWhitespace = true;
    options.legalComments = "none";
    // A class that names itself would be called otherwise, in errors and wherever it is shown.
    options.keepNames = true;
  },
});
