/**
 * The programs of `examples/`: each runs on the runtime and under the start method of this run, and prints what its last
 * comment says.
 */

import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { executable, type RuntimeName, runtimeNames } from "../../scripts/support/runtimes.ts";
import { exampleFiles, examplesReadme } from "../support/example_files.ts";
import { freePort } from "../support/free_port.ts";
import { toSource } from "../support/program_source.ts";
import { commandOf, type Program, startCommand } from "../support/programs.ts";

// Inside the repository, so that Deno finds what the library imports.
const folder = new URL(`../../.cache/examples-${process.pid}/`, import.meta.url);
const files = exampleFiles();
/** Programs that do not end by themselves, or need another one. */
const pair = ["work_client.ts", "work_server.ts"];

mkdirSync(folder, { recursive: true });
after(() => rmSync(folder, { recursive: true, force: true }));
const everyRuntime = `${linkRuntimes(...runtimeNames)}${delimiter}${process.env.PATH}`;
for (const { name, text } of files) writeFileSync(pathOf(name), toSource(text));

for (const { name, output } of files.filter(({ name }) => !pair.includes(name))) {
  test(`examples/${name} prints what it says`, { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await start(name, everyRuntime).ended;
    assertEquals([code, stdout, stderr], [0, output, ""]);
  });
}

test(
  "examples/work_client.ts does what work_server.ts hands out",
  { timeout: 60_000 },
  async () => {
    const port = String(await freePort());
    const server = start("work_server.ts", everyRuntime, "127.0.0.1", port);
    await server.line("serving");
    const client = await start("work_client.ts", everyRuntime, "127.0.0.1", port).ended;
    server.kill("SIGTERM");
    const { stdout, stderr } = await server.ended;
    assertEquals([client.code, client.stdout, client.stderr], [0, outputOf("work_client.ts"), ""]);
    assertEquals([stdout, stderr], [outputOf("work_server.ts").replace("50000", port), ""]);
  },
);

// Node stays on the PATH: where there is none, Deno starts itself in its place.
test("examples/three_runtimes.ts tells what is not there", { timeout: 60_000 }, async () => {
  const { code, stdout, stderr } = await start("three_runtimes.ts", linkRuntimes("node")).ended;
  assertEquals([code, stderr], [0, ""]);
  const lines = stdout.split("\n");
  for (const runtime of ["Deno", "Bun", "Node"]) {
    const name = runtime.toLowerCase();
    const isThere = name === "node" || name in process.versions;
    assertEquals(lines.includes(`a child on ${runtime}`), isThere, stdout);
    const refusal = lines.find((line) => line.startsWith(`no child on ${name}: `));
    assertEquals(refusal?.includes("it is not in the PATH"), isThere ? undefined : true, stdout);
  }
});

test("each example is short, says how to run it, and stands in the table", () => {
  const readme = examplesReadme();
  for (const { name, text, output } of files) {
    assert(text.trimEnd().split("\n").length < 60, `${name} has 60 lines or more`);
    assert(output !== "", `${name} does not say what it prints`);
    const header = text.slice(0, text.indexOf("*/"));
    for (const command of ["node", "bun", "deno run -A"]) {
      assertStringIncludes(header, `\`${command} examples/${name}`);
    }
    assertStringIncludes(readme, `[\`${name}\`](${name})`);
  }
});

/** Starts an example with a PATH. */
function start(name: string, path: string, ...args: string[]): Program {
  return startCommand([...commandOf(pathOf(name)), ...args], { PATH: path });
}

/** A folder in which some of the runtimes are found that are tested here. */
function linkRuntimes(...names: RuntimeName[]): string {
  const bin = pathOf(["bin", ...names].join("-"));
  if (mkdirSync(bin, { recursive: true }) === undefined) return bin;
  for (const name of names) symlinkSync(executable(name), `${bin}/${name}`);
  return bin;
}

function outputOf(name: string): string {
  return files.find((file) => file.name === name)!.output;
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, folder));
}
