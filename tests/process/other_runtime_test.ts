/** Children on another runtime than their creator's: every pair, since each of the three runs this file. */

import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  MultiprocessingError,
  NotSupportedError,
  type Process,
  ProcessError,
  ref,
  type RuntimeName,
  SerializationError,
  setExecutable,
} from "../../mod.ts";
import { executable, runtimeNames } from "../../scripts/support/runtimes.ts";
import { Point, Square } from "../fixtures/process_classes.ts";
import * as targets from "../fixtures/process_targets.ts";
import { freshPath, mp, readValue, runToEnd, textOf, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { noOther } from "../support/missing.ts";
import { commandOf, startCommand } from "../support/programs.ts";

const own: RuntimeName = "deno" in process.versions
  ? "deno"
  : "bun" in process.versions
  ? "bun"
  : "node";

/** What tells which runtime a child is on. */
function whichRuntime(path: string): void {
  const name = "deno" in process.versions ? "deno" : "bun" in process.versions ? "bun" : "node";
  process.getBuiltinModule("node:fs").writeFileSync(path, JSON.stringify(name));
}

for (const runtime of runtimeNames) {
  setExecutable(executable(runtime), { runtime });

  conform(`a child on ${runtime} runs functions by their text and by their name`, async (note) => {
    const path = freshPath();
    assertEquals(
      await runToEnd(new mp.Process({ runtime, target: whichRuntime, args: [path] })),
      0,
    );
    assertEquals(readValue(path), runtime);
    const child = new mp.Process({ runtime, target: targets.echo, args: [path, 1, { two: [3] }] });
    assertEquals(await runToEnd(child), 0);
    note(readValue(path));
  }, { skip: noOther });

  conform(`a child on ${runtime} starts with flags that say nothing of what it needs`, async () => {
    const execArgv = runtime === "deno" ? ["--v8-flags=--expose-gc"] : ["--expose-gc"];
    for (const flags of [[], execArgv]) {
      const path = freshPath();
      const child = new mp.Process({
        runtime,
        execArgv: flags,
        target: targets.kindOfGc,
        args: [path],
      });
      assertEquals(await runToEnd(child), 0);
      assertEquals(readValue(path), flags.length === 0 ? "undefined" : "function");
    }
  }, { skip: noOther });

  conform(`values of every kind reach a child on ${runtime}`, async (note) => {
    const path = freshPath();
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const error = Object.assign(new RangeError("far", { cause: new TypeError("near") }), {
      code: 7,
    });
    const child = new mp.Process({
      runtime,
      target: targets.describeValues,
      args: [
        path,
        undefined,
        -0,
        2n ** 70n,
        new Map<unknown, unknown>([[1, new Set(["ä", "\ud800"])]]),
        new Date(0),
        new Float64Array([0.5, NaN]),
        [1, , 3],
        cycle,
        error,
        Array.from({ length: 1000 }, (_, i) => i),
      ],
    });
    assertEquals(await runToEnd(child), 0);
    note(readValue(path));
  }, { skip: noOther });

  conform(`instances and subclasses reach a child on ${runtime}`, async (note) => {
    const path = freshPath();
    const point = new mp.Process({
      runtime,
      target: targets.describePoint,
      args: [path, new Point(3, 4)],
    });
    assertEquals(await runToEnd(point), 0);
    assertEquals(readValue(path), { isPoint: true, length: 5, x: 3, y: 4 });
    const square = new Square(path, 5, { runtime, name: "S" });
    assertEquals(await runToEnd(square), 0);
    note(readValue(path));
  }, { skip: noOther });

  conform(
    `a child on ${runtime} ends with its exit code, its signal or its error`,
    async (note) => {
      const codes: (number | null)[] = [];
      for (const target of [targets.throwError, targets.rejectUnhandled, targets.throwInTimer]) {
        codes.push(await runToEnd(new mp.Process({ runtime, target, stderr: "null" })));
      }
      codes.push(
        await runToEnd(new mp.Process({ runtime, target: targets.exitLater, args: [300] })),
      );
      for (const how of ["terminate", "kill", "interrupt"] as const) {
        const path = freshPath();
        const child = new mp.Process({ runtime, target: targets.tellAndWait, args: [path] });
        await child.start();
        await until(() => existsSync(path));
        child[how]();
        codes.push(await child.join());
      }
      assertEquals(codes, [1, 1, 1, 44, -15, -9, -2]);
      note(codes);
    },
    { skip: noOther },
  );

  conform(`the output of a child on ${runtime} can be read to its end`, async (note) => {
    const child = new mp.Process({
      runtime,
      target: targets.writeMuch,
      args: [3_000, "exit"],
      stdout: "pipe",
    });
    await child.start();
    const lines = (await textOf(child.stdout)).split("\n");
    assertEquals(await child.join(), 0);
    note([lines.length, lines.at(-2)]);
    assertEquals([lines.length, lines.at(-2)], [3_002, "the end"]);
  }, { skip: noOther });

  conform(`a child on ${runtime} has children of its own, on that runtime`, async (note) => {
    const path = freshPath();
    const child = new mp.Process({ runtime, target: targets.nestedNames, args: [path], name: "N" });
    assertEquals(await runToEnd(child), 0);
    const { parentName } = readValue(path) as { parentName: string };
    note(parentName);
    assertEquals(parentName, "N");
  }, { skip: noOther });

  conform(`a child on ${runtime} knows who it is`, async (note) => {
    const path = freshPath();
    const child = new mp.Process({ runtime, target: targets.whoAmI, args: [path], name: "me" });
    assertEquals(await runToEnd(child), 0);
    const { pid, ident: _, parentPid, processPid, ...rest } = readValue(path) as Record<
      string,
      unknown
    >;
    assertEquals([pid, processPid, parentPid], [child.pid, child.pid, process.pid]);
    note(rest);
  }, { skip: noOther });

  conform(`bad work is refused by a child on ${runtime} as by any other`, async (note) => {
    const missing = ref(new URL("../fixtures/no_such_module.ts", import.meta.url), "work");
    const child = new mp.Process({ runtime, target: missing, stderr: "null" });
    await child.start();
    const error = await assertRejects(() => child.ready(), MultiprocessingError);
    assertStringIncludes(error.message, "no_such_module.ts");
    assertEquals([await child.join(), child.error], [1, error]);
    const unsendable = new mp.Process({ runtime, target: (_: unknown) => {}, args: [() => {}] });
    note((await assertRejects(() => unsendable.start(), SerializationError)).path);
    assertEquals(child.isAlive(), false);
  }, { skip: noOther });

  conform(`a runtime that cannot be found is named: ${runtime}`, async () => {
    const child = new mp.Process({ runtime, target: () => {} });
    const reasons = [
      ["/nowhere/to/be/found", "there is no such file"],
      ["nowhere-to-be-found", "it is not in the PATH"],
      ["/etc/passwd", "it is no executable file"],
      ["/tmp", "it is no executable file"],
      ["/etc/passwd/node", "there is no such file"],
    ];
    for (const [path, reason] of reasons) {
      const error = await assertRejects(() => startBy(path, child, runtime));
      assertInstanceOf(error, ProcessError);
      assertEquals(
        error.message,
        `Cannot start ${runtime} (${path}): ${reason}. ` +
          `setExecutable(path, { runtime: "${runtime}" }) names another executable`,
      );
    }
    const astray = new mp.Process({ runtime, cwd: "/nowhere", target: () => {} });
    const error = await assertRejects(() => astray.start(), ProcessError);
    assertStringIncludes(error.message, ": /nowhere is no directory. ");
    assertEquals(await runToEnd(child), 0);
  }, { skip: noOther });

  conform(`an executable that is not ${runtime} is refused`, async () => {
    for (const other of runtimeNames.filter((name) => name !== runtime)) {
      const child = new mp.Process({ runtime, target: () => {}, stderr: "null" });
      const path = executable(other);
      await startBy(path, child, runtime);
      const { message } = await assertRejects(() => child.ready(), Error);
      assertEquals(await child.join(), 1);
      assertStringIncludes(message, path);
      // Flags of another runtime may let it end before it can say what it is.
      const isTold = message.startsWith(`${path} is ${other}, and was to be ${runtime}: `);
      const isAsked = message.endsWith(` Is ${path} an executable of ${runtime}?`);
      assert(isTold || isAsked, message);
      if (runtime !== "deno" && other !== "deno") assert(isTold, message);
      assertEquals(await runToEnd(new mp.Process({ runtime, target: () => {} })), 0);
    }
  }, { skip: noOther });

  conform(`without ${runtime} in the PATH there is no child on it`, async () => {
    const { code, stdout, stderr } = await startCommand(
      [
        ...commandOf(fileURLToPath(new URL("../fixtures/programs/empty_path.ts", import.meta.url))),
        runtime,
      ],
      { PATH: "/nowhere" },
    ).ended;
    assertEquals([code, stderr], [0, ""]);
    const ownFirst = runtime === own
      ? "exit code 0"
      : `Cannot start ${runtime} (${runtime}): it is not in the PATH.`;
    assertStringIncludes(stdout, ownFirst);
  }, { skip: noOther });
}

/** Starts a child by another executable. */
async function startBy(path: string, child: Process, runtime: RuntimeName): Promise<void> {
  setExecutable(path, { runtime });
  try {
    await child.start();
  } finally {
    setExecutable(executable(runtime), { runtime });
  }
}

conform("a thread on another runtime is refused", (note) => {
  for (const runtime of runtimeNames.filter((name) => name !== own)) {
    const error = assertThrows(() => new mp.Process({ runtime }), NotSupportedError);
    note((error as Error).message);
  }
  const same: Process = new mp.Process({ runtime: own });
  assertEquals(same.pid, null);
}, { skip: noOther === false && "a process may run on another runtime" });
