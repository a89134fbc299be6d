/** Descriptors that run out, in the creator, in the child and in both: nobody is taken for dead, and afterwards all goes on. */

import process from "node:process";
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";
import { commandOf, startCommand } from "../support/programs.ts";

const PROGRAM = fileURLToPath(new URL("../fixtures/programs/few_files.ts", import.meta.url));

/** Runs the program with few descriptors, for itself and what it starts. */
async function runWithFew(limit: number, who: string): Promise<unknown> {
  const command = [...commandOf(PROGRAM), method, who].map((word) => `'${word}'`).join(" ");
  const program = startCommand(["sh", "-c", `ulimit -n ${limit} && exec ${command}`]);
  const { code, stdout, stderr } = await program.ended;
  return { code, stdout: stdout.trim().split("\n").sort(), stderr };
}

/** Deno 2.9.6 panics in itself, not in each run, where it needs a descriptor for the first time and there is none. */
const skip = "deno" in process.versions
  ? "the runtime ends itself when it has no descriptor left"
  : false;

for (const who of ["creator", "child", "both"]) {
  const name = `a lock whose holder lives stays held while descriptors run out: ${who}`;
  conform(name, async (note) => {
    const found = await runWithFew(100, who);
    note(found);
    assertEquals(found, {
      code: 0,
      stdout: [
        "child: released",
        "child: woken true",
        "creator: acquired false",
        "creator: acquired true",
        "creator: alive true, abandoned false",
        "creator: exit code 0",
      ],
      stderr: "",
    });
  }, { skip });
}
