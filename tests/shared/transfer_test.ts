/** The buffers of shared memory cannot be transferred: what has their memory would lose it when the old buffer is collected. */

import process from "node:process";
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";
import { commandOf, startCommand } from "../support/programs.ts";

const PROGRAM = fileURLToPath(new URL("../fixtures/programs/transfer_shared.ts", import.meta.url));

/** The command of the program, which collects garbage when it wants to. */
function command(): string[] {
  const words = commandOf(PROGRAM);
  if ("bun" in process.versions) return [...words, method];
  const flag = "deno" in process.versions ? "--v8-flags=--expose-gc" : "--expose-gc";
  return [...words.slice(0, -1), flag, PROGRAM, method];
}

conform("the buffers of shared memory refuse to be transferred", async (note) => {
  const { code, signal, stdout, stderr } = await startCommand(command()).ended;
  const found = { code, signal, stdout: stdout.trim().split("\n"), stderr };
  note({ code, signal, stderr });
  const lines: string[] = [];
  for (const name of ["RawArray", "small", "Array", "SharedMemory"]) {
    // The arrays of threads are in a SharedArrayBuffer, which has no such methods.
    const own = method === "process" || name === "SharedMemory" ? "NotSupportedError" : "refused";
    lines.push(
      `${name} transfer: ${own}, whole true`,
      `${name} transferToFixedLength: ${own}, whole true`,
      `${name} structuredClone: refused, whole true`,
      `${name} postMessage: refused, whole true`,
    );
  }
  assertEquals(found, { code: 0, signal: null, stdout: [...lines, "at the end"], stderr: "" });
});
