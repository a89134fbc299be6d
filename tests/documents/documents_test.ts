/**
 * The programs of the README and of `docs/`: each runs on the runtime and under the start method of this run, and prints what
 * its document says that it prints.
 */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { type Document, type Program, programsOf, readDocuments } from "../support/documents.ts";
import { freePort } from "../support/free_port.ts";
import { toSource } from "../support/program_source.ts";
import { runProgram, startProgram } from "../support/programs.ts";

// Inside the repository, so that Deno finds what the library imports.
const root = new URL(`../../.cache/documents-${process.pid}/`, import.meta.url);
const documents = readDocuments();

after(() => rmSync(root, { recursive: true, force: true }));
for (const document of documents) {
  mkdirSync(folderOf(document), { recursive: true });
  for (const { file, text } of document.blocks) {
    if (file !== null) write(document, file, toSource(text));
  }
  for (const [i, program] of programsOf(document).entries()) {
    test(program.name, { timeout: 60_000 }, () => check(document, program, i + 1));
  }
}

async function check(document: Document, { text, output }: Program, number: number): Promise<void> {
  const path = write(document, `program_${number}.ts`, toSource(text));
  const { code, stdout, stderr } = await runProgram(path);
  assertEquals(
    { code, stdout: stdout.trim(), stderr: stderr.trim() },
    { code: 0, stdout: output, stderr: "" },
  );
}

test(
  "docs/managers.md, programs in two terminals find each other",
  { timeout: 60_000 },
  async () => {
    const document = documents.find(({ path }) => path === "docs/managers.md")!;
    const find = (name: string) => document.blocks.find(({ file }) => file === name)!;
    const pathOf = (name: string) => fileURLToPath(new URL(name, folderOf(document)));
    const shared = find("counter_manager.ts").text.replace("50000", String(await freePort()));
    write(document, "counter_manager.ts", toSource(shared));
    const server = startProgram(pathOf("counter_server.ts"));
    await server.line("serving");
    const client = await runProgram(pathOf("counter_client.ts"));
    server.kill("SIGTERM");
    await server.ended;
    const { output } = find("counter_client.ts");
    assertEquals([client.code, client.stdout.trim(), client.stderr], [0, output, ""]);
  },
);

/** A folder for each document: several may have a module of the same name. */
function folderOf({ path }: Document): URL {
  return new URL(`${path.replaceAll(/\W/g, "_")}/`, root);
}

function write(document: Document, name: string, text: string): string {
  const path = fileURLToPath(new URL(name, folderOf(document)));
  writeFileSync(path, text);
  return path;
}
