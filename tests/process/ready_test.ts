/**
 * A child between its start and its work: what `start()` does not wait for, and what becomes of it. The module `gate.ts` holds
 * children there for as long as a test likes.
 */

import { writeFileSync } from "node:fs";
import process from "node:process";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  activeChildren,
  type Callable,
  EOFError,
  type Process,
  ProcessError,
  ref,
  register,
  TimeoutError,
} from "../../mod.ts";
import * as targets from "../fixtures/process_targets.ts";
import { freshPath, mp, readValue, runToEnd, textOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { noOther, ownPid } from "../support/missing.ts";
import { runProgram } from "../support/programs.ts";

const GATE = new URL("../fixtures/gate.ts", import.meta.url);
const FAILS = new URL("../fixtures/gate_fails.ts", import.meta.url);
const MISSING = new URL("../fixtures/no_such_module.ts", import.meta.url);

class Ghost {}
// That module registers no such class.
register(new URL("../fixtures/tls_keys.ts", import.meta.url), { Ghost });

/** A child whose module is not loaded before the gate is opened. */
async function heldUp(options: { daemon?: boolean } = {}): Promise<Process> {
  const child = new mp.Process({ target: ref(GATE, "pass"), ...options });
  await child.start();
  return child;
}

/** Does something with a gate that is closed at first; it is given what opens the gate. */
async function atGate(body: (open: () => void) => Promise<void>): Promise<void> {
  const path = freshPath();
  process.env.ALLCORES_TEST_GATE = path;
  try {
    await body(() => writeFileSync(path, ""));
  } finally {
    delete process.env.ALLCORES_TEST_GATE;
  }
}

conform("children that were started one after the other load side by side", async (note) => {
  await atGate(async (open) => {
    const children: Process[] = [];
    for (let i = 0; i < 4; i++) children.push(await heldUp());
    assertEquals(children.map((child) => child.isAlive()), [true, true, true, true]);
    assertEquals(new Set(children.map(({ ident }) => ident)).size, 4);
    assertEquals(new Set(activeChildren()), new Set(children));
    for (const child of children) {
      await assertRejects(() => child.ready({ timeout: 20 }), TimeoutError);
      assertEquals([child.exitCode, child.error, child.sentinel.ready], [null, null, false]);
    }
    open();
    await Promise.all(children.map((child) => child.ready()));
    note(await Promise.all(children.map((child) => child.join())));
  });
});

conform("ready() waits until the child is at work, as often as one likes", async (note) => {
  const path = freshPath();
  const child = new mp.Process({ target: targets.tellAndWait, args: [path], name: "P" });
  note((await assertRejects(() => child.ready(), ProcessError)).message);
  const started = child.start();
  await child.ready();
  await child.ready({ timeout: 0 });
  await started;
  child.kill();
  await child.join();
  await child.ready();
  note([child.exitCode, child.error]);
});

conform("ready() has the limits of every wait", async (note) => {
  await atGate(async () => {
    const child = await heldUp();
    const wrong = { timeout: "1" as unknown as number };
    await assertRejects(() => child.ready(wrong), TypeError);
    const gone = new AbortController();
    const waiting = child.ready({ signal: gone.signal });
    gone.abort(new RangeError("enough"));
    note((await assertRejects(() => waiting, RangeError)).message);
    child.name = "P";
    note((await assertRejects(() => child.ready({ timeout: 1 }), TimeoutError)).message);
    child.kill();
    await child.join();
  });
});

const refusals: [what: string, told: string, target: Callable, args: unknown[]][] = [
  ["a module that is not there", "no_such_module.ts", ref(MISSING, "work"), []],
  ["a module that fails", "this module fails", ref(FAILS, "pass"), []],
  ["an export that is not there", "noSuchExport", ref(GATE, "noSuchExport"), []],
  ["a class that is not there", "Ghost", () => {}, [new Ghost()]],
];

for (const [what, told, target, args] of refusals) {
  conform(`${what} is told by ready(), error, the exit code and in print`, async (note) => {
    await atGate(async (open) => {
      open();
      const child = new mp.Process({ target, args: args as [], name: "P", stderr: "pipe" });
      const printed = child.start().then(() => textOf(child.stderr));
      const error = await assertRejects(() => child.ready(), Error);
      assertStringIncludes(error.message, told);
      assertEquals(await child.join(), 1);
      assert(child.error === error);
      assertEquals([child.exitCode, child.isAlive()], [1, false]);
      assert((await printed).startsWith("Process P:\n"), await printed);
      assertStringIncludes(await printed, told);
      await assertRejects(() => child.ready(), Error);
      await assertRejects(() => child.start(), ProcessError);
      note(error.name);
    });
  });
}

conform("a refusal that nobody asks for does no harm", async (note) => {
  const child = new mp.Process({ target: ref(MISSING, "work"), stderr: "null" });
  note([await runToEnd(child), child.error instanceof Error]);
});

conform("what is thrown while a module loads may be anything", async (note) => {
  const url = `data:text/javascript,${encodeURIComponent("throw { code: 5 }")}`;
  const child = new mp.Process({ target: ref(url, "work"), stderr: "null" });
  await child.start();
  const error = await assertRejects(() => child.ready(), Error);
  assert(child.error === error);
  note([error.name, await child.join()]);
});

conform("terminate(), kill() and interrupt() end a child that loads", async (note) => {
  await atGate(async () => {
    const codes: unknown[] = [];
    for (const how of ["terminate", "kill", "interrupt"] as const) {
      const child = await heldUp();
      await assertRejects(() => child.ready({ timeout: 100 }), TimeoutError);
      child[how]();
      await assertRejects(() => child.ready(), ProcessError, "ended before it started: SIG");
      codes.push(await child.join(), child.error);
    }
    assertEquals(codes, [-15, null, -9, null, -2, null]);
    note(codes);
  });
});

conform("a child can be ended as soon as it exists", async (note) => {
  for (const how of ["terminate", "kill"] as const) {
    for (let i = 0; i < 5; i++) {
      const child = new mp.Process({ target: targets.wait });
      await child.start();
      child[how]();
      assertEquals(await child.join(), how === "kill" ? -9 : -15);
    }
  }
  note("ended");
});

conform("close() is refused until a child that loads has ended", async (note) => {
  await atGate(async () => {
    const child = await heldUp();
    child.name = "P";
    note(assertThrows(() => child.close(), ProcessError).message);
    child.kill();
    await child.join();
    child.close();
    await assertRejects(() => child.ready(), ProcessError);
  });
});

conform("await using ends a child that loads", async (note) => {
  await atGate(async () => {
    const { sentinel } = await (async () => {
      await using child = await heldUp();
      return { sentinel: child.sentinel };
    })();
    note(sentinel.ready);
  });
});

conform("what a child was to take along is gone with it", async (note) => {
  const [here, there] = mp.Pipe();
  const target = ref<(end: unknown) => void>(MISSING, "work");
  const child = new mp.Process({ target, args: [there], stderr: "null" });
  await child.start();
  assertEquals(there.closed, true);
  note((await assertRejects(() => here.recv(), EOFError)).name);
  note(await child.join());
});

conform("arguments are those of the moment of the call", async (note) => {
  const path = freshPath();
  const list = [1];
  const child = new mp.Process({ target: targets.echo, args: [path, list] });
  const started = child.start();
  list.push(2);
  await started;
  list.push(3);
  assertEquals(await child.join(), 0);
  note(readValue(path));
});

conform("an executable that does nothing did not do the work", async () => {
  const { code, stdout, stderr } = await runProgram("useless_executable.ts");
  assertEquals([code, stdout], [0, "exit code 1 ProcessError\n"]);
  assert(
    /^Process P:\nProcessError: P \(pid \d+\) ended before it started: exit code 0\. Is /.test(
      stderr,
    ),
  );
}, { skip: noOther });

conform("a child that somebody else ends before its work says so", async (note) => {
  await atGate(async () => {
    const child = await heldUp();
    process.kill(child.pid!, "SIGKILL");
    const error = await assertRejects(() => child.ready(), ProcessError, "ended before it started");
    assertEquals([await child.join(), child.error], [-9, error]);
    note(error.name);
  });
}, { skip: ownPid });

conform("nothing is left", () => {
  assertEquals(activeChildren(), []);
});
