/**
 * The programs of the README: each runs on the runtime and under the start method of this run, and prints what the README
 * says that it prints.
 */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import process from "node:process";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { method } from "../support/method.ts";
import { runProgram, startProgram } from "../support/programs.ts";
import { programsOf, readBlocks } from "../support/readme.ts";

const library = new URL("../../mod.ts", import.meta.url).href;
// Inside the repository, so that Deno finds what the library imports.
const folder = new URL(`../../.cache/readme-${process.pid}/`, import.meta.url);

const blocks = readBlocks();

mkdirSync(folder, { recursive: true });
after(() => rmSync(folder, { recursive: true, force: true }));
for (const { file, text } of blocks) if (file !== null) write(file, toSource(text));

for (const [i, { heading, text, output }] of programsOf(blocks).entries()) {
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

test("README programs in two terminals find each other", { timeout: 60_000 }, async () => {
  const { output } = blocks.find(({ file }) => file === "counter_client.ts")!;
  const shared = blocks.find(({ file }) => file === "counter_manager.ts")!;
  write(shared.file!, toSource(shared.text.replace("50000", String(await freePort()))));
  const server = startProgram(fileURLToPath(new URL("counter_server.ts", folder)));
  await server.line("serving");
  const client = await runProgram(fileURLToPath(new URL("counter_client.ts", folder)));
  server.kill("SIGTERM");
  await server.ended;
  assertEquals([client.code, client.stdout.trim(), client.stderr], [0, output, ""]);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
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
