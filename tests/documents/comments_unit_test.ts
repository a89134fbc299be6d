/**
 * The examples in the comments of the sources: each runs to its end as a program, and writes nothing to its standard error
 * stream. Those that need a second module are marked `ts ignore`; those of some files run under both start methods in
 * `program_test.ts`.
 */

import { mkdirSync, readdirSync, rmSync } from "node:fs";
import process from "node:process";
import { after, test } from "node:test";
import { assertEquals } from "@std/assert";
import { sideBySide } from "../../scripts/support/side_by_side.ts";
import { underBothMethods, writeExamples } from "../support/examples.ts";
import { runProgram } from "../support/programs.ts";

const root = new URL("../../", import.meta.url);
// Inside the repository, so that Deno finds what the library imports.
const folder = new URL(`.cache/examples-${process.pid}/`, root);
/** Examples that run at the same time. */
const atOnce = 4;

mkdirSync(folder, { recursive: true });
after(() => rmSync(folder, { recursive: true, force: true }));

test("the examples of the sources run", { timeout: 110_000 }, async () => {
  const files = sourceFiles().filter((file) => !underBothMethods.includes(file));
  const examples = files.flatMap((file) => writeExamples(file, folder));
  assertEquals(examples.length > 10, true);
  const failures: string[] = [];
  await sideBySide(examples, atOnce, async ({ name, path }) => {
    const { code, stderr } = await runProgram(path);
    if (code !== 0 || stderr !== "") failures.push(`${name}: exit code ${code}\n${stderr}`);
  });
  assertEquals(failures, []);
});

function sourceFiles(): string[] {
  const names = readdirSync(new URL("src/", root), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".ts")).map((name) => `src/${name}`);
}
