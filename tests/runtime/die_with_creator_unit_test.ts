/** A process that must not outlive its creator ends, too, when that has died before the kernel was asked. */

import { assertEquals } from "@std/assert";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import test from "node:test";
import { runtime } from "../../src/runtime/current.ts";
import { dieWithCreator } from "../../src/runtime/posix/die_with_creator.ts";

const CREATOR = 10;
const OTHER = 20;
const SIGKILL = 9;

/** What is done, in order, where this process has a parent and some processes live. */
function stepsWith(parent: number, alive: number[], isLinux = true): string[] {
  const steps: string[] = [];
  dieWithCreator(CREATOR, {
    isLinux,
    libc: {
      setParentDeathSignal: (signal) => void steps.push(`signal ${signal}`),
      parentPid: () => {
        steps.push("look");
        return parent;
      },
    },
    isAlive: () => alive.includes(CREATOR),
    exit: (code) => void steps.push(`exit ${code}`),
  });
  return steps;
}

test("the kernel is asked before the look: who dies after it is noticed by the kernel", () => {
  assertEquals(stepsWith(CREATOR, [CREATOR]), [`signal ${SIGKILL}`, "look"]);
});

test("a process whose creator has died ends at once", () => {
  assertEquals(stepsWith(1, []), [`signal ${SIGKILL}`, "look", "exit 1"]);
  assertEquals(stepsWith(1, [], false), ["look", "exit 1"]);
});

test("a process between it and its creator is no sign of death", () => {
  assertEquals(stepsWith(OTHER, [OTHER, CREATOR]), [`signal ${SIGKILL}`, "look"]);
});

const modules = new URL("../../src/runtime/current.ts", import.meta.url).href;
const isDeno = runtime.name === "deno";

/** Runs code with `runtime` in a process of its own. Returns its exit code and what it wrote. */
function run(code: string, permissions = ["--allow-all"]): Promise<[number, string]> {
  const program = `import { runtime } from ${JSON.stringify(modules)}; ${code}`;
  const source = `data:text/javascript,${encodeURIComponent(program)}`;
  const args = isDeno
    ? ["run", "--no-prompt", ...permissions, source]
    : ["--input-type=module", "--eval", program].slice(runtime.name === "bun" ? 1 : 0);
  return new Promise((resolve) => {
    const limits = { timeout: 10_000, killSignal: "SIGKILL" } as const;
    execFile(process.execPath, args, limits, (error, stdout) => {
      resolve([Number(error?.code ?? 0), stdout.trim()]);
    });
  });
}

/** The id of a process that has ended. */
async function endedPid(): Promise<number> {
  const child = spawn("true");
  await once(child, "exit");
  return child.pid!;
}

test(
  "a program whose creator is gone ends, though it never yields",
  { timeout: 30_000 },
  async () => {
    const code = (creator: number) =>
      `const isAlive = () => runtime.system.isAlive(${creator});` +
      `runtime.lifecycle.dieWithCreator(${creator}, isAlive); console.log("lives");`;
    assertEquals(await run(code(process.pid)), [0, "lives"]);
    assertEquals(await run(`${code(await endedPid())} for (;;);`), [1, ""]);
  },
);

test("who lives is never taken for dead, whatever may be asked", { timeout: 30_000 }, async () => {
  const code = `console.log(runtime.system.isAlive(${process.pid}))`;
  assertEquals(await run(code, []), [0, "true"]);
  assertEquals(runtime.system.isAlive(await endedPid()), false);
});
