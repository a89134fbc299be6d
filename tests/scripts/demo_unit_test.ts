/**
 * The demo as a program: what it finds and says, and what it leaves when it is killed.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { executable } from "../../scripts/support/runtimes.ts";
import { inRoot } from "../../scripts/support/paths.ts";
import { type Program, startCommand } from "../support/programs.ts";

const { deno, bun } = process.versions as Record<string, string | undefined>;
const runtime = deno ? "deno" : bun ? "bun" : "node";

/** Starts the demo as `npm run demo` does, for this runtime alone. */
function startDemo(folder: string): Program {
  const demo = inRoot("scripts/demo.ts");
  return startCommand([executable("node"), demo, "--dir", folder, "--runtime", runtime]);
}

/** Calls a function with a folder that is removed afterwards. */
async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "demo-"));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("the demo finds the same in all its runs, and names a file that it cannot read", async () => {
  await withFolder(async (folder) => {
    mkdirSync(join(folder, "inner"));
    writeFileSync(join(folder, "a.ts"), "const apple = pear;\nconst plum = apple;\n");
    writeFileSync(join(folder, "inner", "b.js"), "apple();\n");
    writeFileSync(join(folder, "text.md"), "apple\n");
    writeFileSync(join(folder, "huge.c"), "");
    truncateSync(join(folder, "huge.c"), 300 * 2 ** 20);
    const { code, stdout, stderr } = await startDemo(folder).ended;
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, "All digests agree");
    assertStringIncludes(stdout, "huge.c");
    assertStringIncludes(stdout, "apple");
  });
});

test("the demo takes an empty folder, and refuses one that is not there", async () => {
  await withFolder(async (folder) => {
    const { code, stdout } = await startDemo(folder).ended;
    assertEquals(code, 0);
    assertStringIncludes(stdout, "All digests agree");
    const refused = await startDemo(join(folder, "missing")).ended;
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.stderr, "there is no folder");
  });
});

const noProc = existsSync("/proc/self/stat")
  ? false
  : "there is no /proc that tells who is whose child";

test("nothing is left of a demo that is killed in mid-run", { skip: noProc }, async () => {
  const program = startDemo(inRoot("node_modules/typescript"));
  let children: number[] = [];
  while (children.length < 3) {
    await sleep(20);
    children = descendantsOf(program.pid);
  }
  process.kill(program.pid, "SIGKILL");
  await program.ended;
  while (children.some((pid) => existsSync(`/proc/${pid}`))) await sleep(20);
});

/** All processes below one. */
function descendantsOf(pid: number): number[] {
  const children = readdirSync("/proc").map(Number).filter((child) => parentOf(child) === pid);
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

/** A process's parent; `NaN` of what is none. */
function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // After the name, which is in parentheses: state, parent.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return NaN;
  }
}
