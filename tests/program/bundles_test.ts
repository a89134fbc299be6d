/** Programs that are bundled together with the library: each is its own child, wherever its files are moved to. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";
import { type ProgramEnd, runProgram, startCommand } from "../support/programs.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Bundles entries of `tests/fixtures/bundled` into a folder where nothing else is but `koffi`, and runs the first of them. */
async function runBundle(
  entries: string[],
  extension: string,
  flags: string[],
): Promise<ProgramEnd> {
  const folder = mkdtempSync(join(tmpdir(), "bundle-"));
  try {
    const inputs = entries.map((name) => `${ROOT}tests/fixtures/bundled/${name}.ts`);
    const bundler = [`${ROOT}node_modules/.bin/esbuild`, ...inputs, "--bundle", "--platform=node"];
    const out = [`--outdir=${folder}`, `--out-extension:.js=.${extension}`, "--external:bun:ffi"];
    const bundled = await startCommand([...bundler, ...out, "--log-level=error", ...flags]).ended;
    assertEquals([bundled.code, bundled.stderr], [0, ""]);
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(`${ROOT}node_modules/koffi`, join(folder, "node_modules/koffi"));
    return await runProgram(join(folder, `${entries[0]}.${extension}`), method);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const kinds: readonly (readonly [name: string, extension: string, flags: string[]])[] = [
  ["of one file", "mjs", ["--format=esm"]],
  ["that is minified", "mjs", ["--format=esm", "--minify"]],
  ["of several files", "mjs", ["--format=esm", "--splitting"]],
  ["of CommonJS modules", "cjs", ["--format=cjs"]],
];

for (const [name, extension, flags] of kinds) {
  conform(`a bundle ${name} is its own child`, async (note) => {
    const { code, stdout, stderr } = await runBundle(["app", "work"], extension, flags);
    assertEquals([code, stderr], [0, ""]);
    const lines = stdout.trim().split("\n").map((line) => line.replace(/["'[\] ]/g, ""));
    const wanted = ["1,4,9", "101MainProcesstrue102", "true5", "15", "16", "grandchild0"];
    assertEquals(lines, wanted);
    note(lines);
  });
}

conform("a bundle without a main guard is told so, and starts nothing", async (note) => {
  const { code, stdout } = await runBundle(["unguarded"], "mjs", ["--format=esm"]);
  assertStringIncludes(stdout, "while this module is being imported by a worker");
  const lines = stdout.split("\n").map((line) => line.slice(0, 30)).sort();
  note([code, lines]);
});
