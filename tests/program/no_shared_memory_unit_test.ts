/**
 * What is said where shared memory between processes cannot be had: on Node without its optional package, on Deno
 * without its permissions.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import test from "node:test";
import { promisify } from "node:util";

const root = new URL("../../", import.meta.url);
const { deno, bun } = process.versions as Record<string, string | undefined>;

const PROGRAM = `
import { getAllStartMethods, getContext, isMainProcess, Pool } from "./mod.ts";
if (isMainProcess()) {
  console.log(JSON.stringify(getAllStartMethods()));
  console.log(getContext("process").capabilities.available);
  try {
    new (getContext("process").Pool)(1);
  } catch (error) {
    console.log(error.name + ": " + error.message);
  }
  const pool = new Pool(1);
  console.log(await pool.apply((x: number) => x + 1, [41]));
  await pool.terminate();
}
`;

/** Runs the program in a folder of its own, in which no package is found. */
async function runProgram(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "bare-"));
  try {
    cpSync(new URL("src", root), join(folder, "src"), { recursive: true });
    cpSync(new URL("mod.ts", root), join(folder, "mod.ts"));
    writeFileSync(join(folder, "main.ts"), PROGRAM);
    const flags = deno === undefined ? [] : ["run", "--no-prompt", "--no-config", "--allow-read"];
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [...flags, join(folder, "main.ts")]);
    return stdout.trim().split("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("without shared memory there are threads, and processes are refused with the remedy", {
  timeout: 30_000,
  skip: bun === undefined ? false : "Bun has its foreign function interface always",
}, async () => {
  const [methods, available, refusal, result] = await runProgram();
  assertEquals(methods, '["thread"]');
  assertEquals(available, "false");
  assertStringIncludes(refusal, "NotSupportedError: ");
  assertStringIncludes(refusal, deno === undefined ? "npm install koffi" : "--allow-ffi");
  assertEquals(result, "42");
});
