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
import { basename } from "node:path";
import { defineConfig, type Options } from "tsup";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

/** The address of the child's entry as the sources write it, with a fixed extension or one in `${…}`. */
const address = /new URL\(\s*(["'`])[^"'`]*entry\/main\.[^"'`]*\1,\s*import\.meta\.url,?\s*\)/g;

/** Puts the place of the child's entry in the build for its place in the sources: esbuild leaves addresses alone. */
const childAddress: Plugin = {
  name: "child-address",
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      if (!text.includes("entry/main.")) return undefined;
      const contents = text.replace(address, `new URL("./main.js", import.meta.url)`);
      return { contents, loader: "ts" };
    });
  },
};

/** What the sources import when it is first needed, one module at a time, and the build in one piece with the rest. */
const pieces: Record<string, (text: string) => string> = {
  "handle_loader.ts": () => `export const loadHandleKind = () => import("./handle_kinds.ts");`,
  "types.ts": (text) => {
    const late = 'import("./pool/pools.ts")';
    if (!text.includes(`pools ??= ${late}`)) {
      throw new Error("src/manager/types.ts imports its pools in another way");
    }
    return `import * as managerPool from "./pool/pools.ts";\n` +
      text.replace(`pools ??= ${late}`, "pools ??= Promise.resolve(managerPool)");
  },
  "bootstrap.ts": (text) => {
    const imports: string[] = [];
    const contents = text.replace(
      /const (\{ prepare\w+ \}) = await import\(("[^"]+")\);/g,
      (_, names, module) => (imports.push(`import ${names} from ${module};`), ""),
    );
    if (imports.length === 0) {
      throw new Error("src/entry/bootstrap.ts imports nothing late any more");
    }
    return imports.join("\n") + contents;
  },
};

/** Keeps the build to a few files: each would cost every program and every child a part of a millisecond. */
const fewFiles: Plugin = {
  name: "few-files",
  setup(build) {
    build.onLoad(
      {
        filter: /[\\/]src[\\/](entry[\\/](handle_loader|bootstrap)|manager[\\/]types)\.ts$/,
      },
      async ({ path }) => {
        const contents = pieces[basename(path)](await readFile(path, "utf8"));
        return { contents, loader: "ts" };
      },
    );
  },
};

export default defineConfig({
  entry: { mod: "mod.ts", main: "src/entry/main.ts" },
  outDir: "dist",
  format: ["esm"],
  platform: "neutral",
  target: "node20",
  splitting: true,
  clean: true,
  silent: true,
  removeNodeProtocol: false,
  external: [/^node:/, /^bun:/, "koffi", "acorn", "cli-progress", "eslint-scope", "tslib"],
  esbuildPlugins: [fewFiles, childAddress],
  dts: { entry: { mod: "mod.ts" } },
  // Comments and blanks cost every child milliseconds.
  esbuildOptions(options) {
    options.minifyWhitespace = true;
    options.legalComments = "none";
    // A class that names itself would be called otherwise, in errors and wherever it is shown.
    options.keepNames = true;
  },
});
