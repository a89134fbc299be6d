/**
 * The examples in the comments of the sources: each runs to its end as a program, and writes nothing to its standard error
 * stream. Those that need a second module are marked `ts ignore`.
 */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { runProgram } from "../support/programs.ts";

const root = new URL("../../", import.meta.url);
const library = new URL("mod.ts", root).href;
// Inside the repository, so that Deno finds what the library imports.
const folder = new URL(`.cache/examples-${process.pid}/`, root);
/** Examples that run at the same time. */
const atOnce = 4;

mkdirSync(folder, { recursive: true });
after(() => rmSync(folder, { recursive: true, force: true }));

test("the examples of the sources run", { timeout: 110_000 }, async () => {
  const examples = sourceFiles().flatMap(examplesOf);
  assertEquals(examples.length > 10, true);
  const failures: string[] = [];
  const work = async (): Promise<void> => {
    for (let example = examples.shift(); example; example = examples.shift()) {
      const { code, stderr } = await runProgram(example.path);
      if (code !== 0 || stderr !== "") {
        failures.push(`${example.name}: exit code ${code}\n${stderr}`);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  assertEquals(failures, []);
});

function sourceFiles(): string[] {
  const names = readdirSync(new URL("src/", root), { recursive: true, encoding: "utf8" });
  return ["mod.ts", ...names.filter((name) => name.endsWith(".ts")).map((name) => `src/${name}`)];
}

/** Writes each example to a file of its own. */
function examplesOf(file: string): { name: string; path: string }[] {
  const text = readFileSync(new URL(file, root), "utf8");
  const examples = [...text.matchAll(/^ *\* ```ts\n([\s\S]*?)^ *\* ```$/gm)];
  return examples.map(([, comment], i) => {
    const program = comment.replace(/^ *\* ?/gm, "");
    const source = program.replaceAll('"@allcores/multiprocessing"', JSON.stringify(library));
    const path = fileURLToPath(new URL(`${file.replace(/\W/g, "_")}_${i + 1}.ts`, folder));
    writeFileSync(path, source);
    return { name: `${file}, example ${i + 1}`, path };
  });
}
