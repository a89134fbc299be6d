/**
 * The programs of the README: each runs on the runtime and under the start method of this run, and prints what the README
 * says that it prints.
 *
 * A `ts` block is a program; the `text` block that follows it is its output, and that of a `python` block before it. A `ts`
 * block that begins with a comment such as `// work.ts` is a module of that name, which the programs below it import.
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { method } from "./support/method.ts";
import { runProgram, startCommand } from "./support/programs.ts";

const library = new URL("../mod.ts", import.meta.url).href;
// Inside the repository, so that Deno finds what the library imports.
const folder = new URL(`../.cache/readme-${process.pid}/`, import.meta.url);

/** A program or module of the README. */
interface Block {
  /** The heading that it stands under. */
  heading: string;
  /** The name of a module; `null` for a program. */
  file: string | null;
  text: string;
  /** The same in Python. */
  python: string | null;
  /** What the program prints. */
  output: string;
}

const blocks = readBlocks(readFileSync(new URL("../README.md", import.meta.url), "utf8"));
const programs = blocks.filter((block) => block.file === null);

mkdirSync(folder, { recursive: true });
after(() => rmSync(folder, { recursive: true, force: true }));
for (const { file, text } of blocks) if (file !== null) write(file, toSource(text));

for (const [i, { heading, text, output }] of programs.entries()) {
  test(`README program ${i + 1}, ${heading}`, { timeout: 60_000 }, async () => {
    const path = write(`program_${i + 1}.ts`, toSource(text));
    const result = await runProgram(path);
    assertEquals(
      { code: result.code, stdout: result.stdout.trim(), stderr: result.stderr.trim() },
      {
        code: 0,
        stdout: output,
        stderr: "",
      },
    );
  });
}

const hasPython = spawnSync("python3", ["--version"]).status === 0;
const skip = hasPython ? false : "there is no python3";

test("README programs in Python print the same", { skip, timeout: 60_000 }, async () => {
  for (const { heading, python, output } of programs) {
    if (python === null) continue;
    const { code, stdout, stderr } = await startCommand(["python3", "-c", python]).ended;
    assertEquals({ heading, code, stdout: stdout.trim(), stderr }, {
      heading,
      code: 0,
      stdout: output,
      stderr: "",
    });
  }
});

test("README has a program for each part of the tutorial, and none without an output", () => {
  assertEquals(programs.length >= 10, true);
  assertEquals(programs.filter(({ output }) => output === "").map(({ heading }) => heading), []);
});

function readBlocks(text: string): Block[] {
  const parts = text.matchAll(/^#+ (.*)$|^```(\w+)\n([\s\S]*?)^```$/gm);
  const found: Block[] = [];
  let heading = "";
  let python: string | null = null;
  for (const [, title, language, body] of parts) {
    if (title !== undefined) heading = title;
    if (language === "python") python = body;
    if (language === "text") found.at(-1)!.output = body.trim();
    if (language !== "ts") continue;
    found.push({ heading, file: nameOf(body), text: body, python, output: "" });
    python = null;
  }
  return found;
}

function nameOf(text: string): string | null {
  return /^\/\/ (\w+\.ts)\n/.exec(text)?.[1] ?? null;
}

/** The text with this repository's library, and with this run's start method set in its first line. */
function toSource(text: string): string {
  const start = `import { setStartMethod as setMethod } from "${library}"; ` +
    `setMethod("${method}", { force: true }); `;
  return start + text.replaceAll('"@allcores/multiprocessing"', JSON.stringify(library));
}

function write(name: string, text: string): string {
  const path = fileURLToPath(new URL(name, folder));
  writeFileSync(path, text);
  return path;
}
