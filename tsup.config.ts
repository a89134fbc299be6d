/**
 * The npm build: two entries, one folder.
 *
 * - `mod.js` and `main.js` (what a child runs) lie side by side with the chunks they share, so that parent and child have
 *   one copy of every class, and a chunk finds the child's entry as `./main.js`.
 * - `node:` prefixes stay, since Deno and Bun know the built-in modules by them.
 * - The lowest target is Node 20, so that esbuild lowers `using`.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { defineConfig, type Options } from "tsup";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

/** The address of the child's entry as the sources write it, with a fixed extension or one in `${…}`. */
const address = /new URL\(\s*(["'`])[^"'`]*child\/main\.[^"'`]*\1,\s*import\.meta\.url,?\s*\)/g;

/** Puts the place of the child's entry in the build for its place in the sources: esbuild leaves addresses alone. */
const childAddress: Plugin = {
  name: "child-address",
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      if (!text.includes("child/main.")) return undefined;
      const contents = text.replace(address, `new URL("./main.js", import.meta.url)`);
      return { contents, loader: "ts" };
    });
  },
};

export default defineConfig({
  entry: { mod: "mod.ts", main: "src/child/main.ts" },
  outDir: "dist",
  format: ["esm"],
  platform: "neutral",
  target: "node20",
  splitting: true,
  clean: true,
  silent: true,
  removeNodeProtocol: false,
  external: [/^node:/, /^bun:/, "koffi", "acorn", "cli-progress", "eslint-scope"],
  esbuildPlugins: [childAddress],
  dts: { entry: { mod: "mod.ts" } },
  // Comments and blanks cost every child milliseconds.
  esbuildOptions(options) {
    options.minifyWhitespace = true;
    options.legalComments = "none";
  },
});
