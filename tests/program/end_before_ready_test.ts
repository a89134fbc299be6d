/** The end of a program whose child has not come to its work yet: the module `gate.ts` holds it. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { freshPath, mp, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { ownPid } from "../support/missing.ts";
import { commandOf, isRunning, type Program, startCommand } from "../support/programs.ts";

const PROGRAM = fileURLToPath(
  new URL("../fixtures/programs/end_before_ready.ts", import.meta.url),
);
const outlives = mp.capabilities.outlivesCreator
  ? false
  : "a thread ends with its process (outlivesCreator)";

interface Run {
  readonly program: Program;
  /** Where the child writes when it comes to its work. */
  readonly path: string;
  /** Lets the child's module be loaded. */
  open(): void;
}

/** Runs the program. With a path, what it and its child say of errors is written there: who reads a pipe may stop at its end. */
function run(how: "natural" | "exit" | "killed", kind: "daemon" | "other", errors?: string): Run {
  const [path, gate] = [freshPath(), freshPath()];
  const command = [...commandOf(PROGRAM), how, kind, path];
  const redirected = ["sh", "-c", 'exec "$@" 2> "$0"', errors ?? "/dev/stderr", ...command];
  const program = startCommand(errors === undefined ? command : redirected, {
    ALLCORES_TEST_GATE: gate,
  });
  return { program, path, open: () => writeFileSync(gate, "") };
}

/** Waits until the child of a program has ended; a thread has ended with its program. */
async function childGone(written: string): Promise<void> {
  const pid = Number.parseInt(written);
  if (!Number.isNaN(pid)) await until(() => !isRunning(pid));
}

conform("a program's natural end ends a daemon that loads", async (note) => {
  const { program, path } = run("natural", "daemon");
  const { code, stderr } = await program.ended;
  assertEquals([code, stderr], [0, ""]);
  await childGone(await program.line("child "));
  assertEquals(existsSync(path), false);
  note(code);
});

conform("a program's natural end waits for another child that loads", async (note) => {
  const { program, path, open } = run("natural", "other");
  await program.line("child ");
  await sleep(100);
  assertEquals(program.child.exitCode, null);
  open();
  const { code, stderr } = await program.ended;
  assertEquals([code, stderr], [0, ""]);
  note([code, readFileSync(path, "utf8")]);
});

conform("a child lives on that is about to load when its program exits", async (note) => {
  const { program, path, open } = run("exit", "other");
  open();
  const { code, stderr } = await program.ended;
  assertEquals([code, stderr], [3, ""]);
  await until(() => existsSync(path));
  await childGone(await program.line("child "));
  note([code, readFileSync(path, "utf8")]);
}, { skip: outlives });

conform("an exit() waits no longer than a moment for a child that loads", async (note) => {
  const { program, open } = run("exit", "other");
  const pid = await program.line("child ");
  await until(() => program.child.exitCode !== null);
  note(program.child.exitCode);
  open();
  await childGone(pid);
  await program.ended;
});

for (const kind of ["daemon", "other"] as const) {
  conform(`a child (${kind}) that loads ends when its creator is killed`, async (note) => {
    const errors = freshPath();
    const { program, path, open } = run("killed", kind, errors);
    const pid = await program.line("child ");
    // So that it is sure to wait at the gate.
    await sleep(500);
    program.kill("SIGKILL");
    // Deno says at once which signal it was, while the program still dies, and still has what its child was told.
    await until(() => program.child.signalCode !== null && !existsSync(`/proc/${program.pid}`));
    if (kind === "other") open();
    await childGone(pid);
    await program.ended;
    // A daemon is ended by the system; another child finds that what it was told is gone, and says so.
    if (kind === "other") {
      assertStringIncludes(readFileSync(errors, "utf8"), "its creator has ended");
    }
    assertEquals(existsSync(path), false);
    note(program.child.signalCode);
  }, { skip: ownPid });
}
