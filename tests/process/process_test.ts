/** `Process`: everything that one child does, and what its creator sees of it. */

import { existsSync, writeFileSync } from "node:fs";
import process from "node:process";
import { pathToFileURL } from "node:url";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  activeChildren,
  capture,
  currentProcess,
  exit,
  FreeVariableError,
  getContext,
  isMainProcess,
  MultiprocessingError,
  NotSupportedError,
  parentProcess,
  Process,
  ProcessError,
  ref,
  SerializationError,
} from "../../mod.ts";
import {
  classes,
  Point,
  registered,
  Socket,
  Square,
  tellWrapped,
  Unsendable,
  Wrapped,
} from "../fixtures/process_classes.ts";
import * as targets from "../fixtures/process_targets.ts";
import {
  exitCodeOf,
  freshPath,
  mp,
  readValue,
  runToEnd,
  textOf,
  until,
  valueOf,
} from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";

const { capabilities } = mp;
const TARGETS = new URL("../fixtures/process_targets.ts", import.meta.url);
const ownPid = capabilities.ownPid
  ? false
  : "a thread has no pid of its own, so no signals (ownPid)";
const ownEnv = capabilities.env ? false : "a thread has no environment of its own (env)";
const noOwnFlags = capabilities.execArgv ? false : "a thread has no flags of its own (execArgv)";

/** A child that is still at work when this returns. */
async function waiting(options: { daemon?: boolean } = {}): Promise<Process> {
  const path = freshPath();
  const child = new mp.Process({ target: targets.tellAndWait, args: [path], ...options });
  await child.start();
  await until(() => existsSync(path));
  return child;
}

/** A child that has ended. */
async function ended(): Promise<Process> {
  const child = new mp.Process({ target: () => {} });
  await runToEnd(child);
  return child;
}

/** Makes sure that a child that could not be started can still be used as if nothing had happened. */
function assertUnstarted(child: Process): void {
  assertEquals([child.pid, child.ident, child.exitCode], [null, null, null]);
  assertEquals(child.isAlive(), false);
  assertEquals(activeChildren().includes(child), false);
  assertThrows(() => child.sentinel, ProcessError);
}

// ---------------------------------------------------------------- targets and arguments

conform("Process runs a function with its arguments and gives exit code 0", async (note) => {
  const value = await valueOf(targets.echo, 1, "two", [3], { four: 4 });
  assertEquals(value, [1, "two", [3], { four: 4 }]);
  note(value);
});

conform("Process awaits what its target returns", async (note) => {
  note(await valueOf(targets.echoLater, "late"));
});

conform("Process without a target does nothing", async (note) => {
  note(await runToEnd(new mp.Process()));
});

conform("Process passes kwargs as one last argument", async (note) => {
  const path = freshPath();
  const child = new mp.Process({ target: targets.echo, args: [path, 1], kwargs: { a: 2, b: [3] } });
  await runToEnd(child);
  assertEquals(readValue(path), [1, { a: 2, b: [3] }]);
  note(readValue(path));
});

conform("Process passes kwargs without args", async (note) => {
  note(
    await runToEnd(
      new mp.Process({
        target: (options: unknown) => {
          if ((options as { code: number }).code !== 4) throw new Error("no kwargs");
        },
        kwargs: { code: 4 },
      }),
    ),
  );
});

conform("Process passes values of every kind", async (note) => {
  const cycle: Record<string, unknown> = { name: "cycle" };
  cycle.self = cycle;
  const error = Object.assign(new RangeError("far", { cause: new TypeError("near") }), { code: 7 });
  const value = await valueOf(
    targets.describeValues,
    undefined,
    -0,
    NaN,
    2n ** 70n,
    new Map([[1, new Set(["a"])]]),
    new Date(0),
    /a+/gi,
    new Uint8Array([1, 2]),
    new Float64Array([0.5]),
    [1, , 3],
    "\ud800",
    new URL("https://example.org/a?b"),
    cycle,
    error,
  );
  note(value);
});

conform(
  "Process copies its arguments: what happens to them after the start is not seen",
  async (note) => {
    const path = freshPath();
    const go = freshPath();
    const list = [1, 2];
    const child = new mp.Process({
      target: async (path: string, go: string, list: number[]) => {
        const fs = await import("node:fs");
        while (!fs.existsSync(go)) await new Promise((resolve) => setTimeout(resolve, 10));
        list.push(4);
        fs.writeFileSync(path, JSON.stringify(list));
      },
      args: [path, go, list],
    });
    await child.start();
    list.push(3);
    writeFileSync(go, "");
    await child.join();
    assertEquals(readValue(path), [1, 2, 4]);
    assertEquals(list, [1, 2, 3]);
    note(readValue(path));
  },
);

conform("Process copies its arguments when start() is called, not later", async (note) => {
  const path = freshPath();
  const data = { list: [1] };
  const kwargs = { b: [1] };
  const child = new mp.Process({ target: targets.echo, args: [path, data], kwargs });
  const started = child.start();
  data.list.push(2);
  kwargs.b.push(2);
  await started;
  await child.join();
  assertEquals(readValue(path), [{ list: [1] }, { b: [1] }]);
  note(readValue(path));
});

conform("Process takes its list of arguments when it is created", async (note) => {
  const path = freshPath();
  const args: [string, ...number[]] = [path, 1];
  const kwargs: Record<string, unknown> = { a: 1 };
  const child = new mp.Process({ target: targets.echo, args, kwargs });
  args.push(2);
  kwargs.b = 2;
  await runToEnd(child);
  assertEquals(readValue(path), [1, { a: 1 }]);
  note(readValue(path));
});

conform("Process runs functions without outer variables, as they are written", async (note) => {
  const codes = [
    await exitCodeOf((a: number, b: number) => process.exit(a + b), 20, 22),
    await exitCodeOf(async function named(code: number) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      process.exit(code);
    }, 12),
    await exitCodeOf(
      {
        method(code: number) {
          process.exit(code);
        },
      }.method,
      13,
    ),
  ];
  assertEquals(codes, [42, 12, 13]);
  note(codes);
});

conform(
  "Process runs an exported function of the calling module, with that module's state",
  async (note) => {
    const path = freshPath();
    const child = targets.processOfThisModule(mp, path);
    assertEquals(await runToEnd(child), 0);
    // The module is imported anew: its state here is not that of its creator.
    assertEquals(readValue(path), { secret: 1, main: false, calls: 0 });
    note(readValue(path));
  },
);

conform("Process runs ref(), capture() and registered functions", async (note) => {
  const echo = ref<typeof targets.echo>(TARGETS, "echo");
  assertEquals(await valueOf(echo, "by name"), ["by name"]);
  const factor = 7;
  const code = await exitCodeOf(capture({ factor }, (x: number) => process.exit(x * factor)), 6);
  assertEquals(code, 42);
  const doubled = await valueOf(registered.twice, 21);
  assertEquals(doubled, 42);
  note([code, doubled]);
});

conform("Process passes instances of registered classes as instances", async (note) => {
  const value = await valueOf(targets.describePoint, new Point(3, 4));
  assertEquals(value, { isPoint: true, length: 5, x: 3, y: 4 });
  note(value);
});

conform("a module that registers classes is imported in a child as in one", async (note) => {
  const code = await exitCodeOf((point: { x: number }) => process.exit(point.x), new Point(6, 0));
  assertEquals(code, 6);
  note(code);
});

// ---------------------------------------------------------------- names, daemons, who is who

conform("Process is named for its class and its place", async (note) => {
  const first = new mp.Process();
  const second = new mp.Process({ name: "own" });
  const third = new Square("", 1);
  const number = Number(first.name.match(/^Process-(\d+)$/)?.[1]);
  assert(number > 0, first.name);
  assertEquals(second.name, "own");
  assertEquals(third.name, `Square-${number + 2}`);
  third.name = "renamed";
  assertEquals(third.name, "renamed");
  assertThrows(() => (third.name = 1 as unknown as string), TypeError);
  assertEquals(third.name, "renamed");
  note([second.name, third.name]);
});

conform("a Process that is refused takes no number", () => {
  const before = Number(new mp.Process().name.slice("Process-".length));
  assertThrows(() => new mp.Process({ name: 5 as unknown as string }), TypeError);
  assertEquals(new mp.Process().name, `Process-${before + 1}`);
});

conform("currentProcess() does not disturb the numbers of the children", () => {
  const before = Number(new mp.Process().name.slice("Process-".length));
  currentProcess();
  assertEquals(new mp.Process().name, `Process-${before + 1}`);
});

conform("children of children are named for their place in the tree", async (note) => {
  const path = freshPath();
  const child = new mp.Process({ target: targets.nestedNames, args: [path] });
  assertEquals(await runToEnd(child), 0);
  const place = child.name.slice("Process-".length);
  assertEquals(readValue(`${path}.names`), [`Process-${place}:1`, `Process-${place}:2`]);
  assertEquals(readValue(path), {
    name: `Process-${place}:2`,
    parentName: child.name,
    grandchild: `Process-${place}:2:1`,
  });
  note("ok");
});

conform("currentProcess() is the MainProcess here", async (note) => {
  const me = currentProcess();
  assertStrictEquals(currentProcess(), me);
  assertInstanceOf(me, Process);
  const seen = [me.name, me.daemon, me.isAlive(), me.exitCode, parentProcess(), isMainProcess()];
  assertEquals(seen, ["MainProcess", false, true, null, null, true]);
  assertEquals([me.pid, me.ident], [process.pid, String(process.pid)]);
  await assertRejects(() => me.start(), ProcessError);
  await assertRejects(() => me.join(), ProcessError);
  assertThrows(() => me.terminate(), ProcessError);
  assertThrows(() => me.sentinel, ProcessError);
  assertThrows(() => me.close(), ProcessError);
  assertThrows(() => (me.daemon = true), ProcessError);
  me.name = "Renamed";
  assertEquals(currentProcess().name, "Renamed");
  me.name = "MainProcess";
  note(seen);
});

conform("a child knows its name, its creator and itself", async (note) => {
  const path = freshPath();
  const child = new mp.Process({ target: targets.whoAmI, args: [path], name: "me", daemon: true });
  assertEquals(await runToEnd(child), 0);
  const { pid, ident, parentPid, processPid, ...rest } = readValue(path) as Record<string, unknown>;
  assertEquals([pid, ident], [child.pid, child.ident]);
  assertEquals([parentPid, processPid], [process.pid, child.pid]);
  assertEquals(rest, {
    name: "me",
    daemon: true,
    alive: true,
    exitCode: null,
    same: true,
    main: false,
    method,
    children: 0,
    parentName: "MainProcess",
    parentAlive: true,
  });
  note({ ...rest, method: "" });
});

conform("start() gives the child its pid and its ident", async () => {
  const child = await waiting();
  const other = await waiting();
  assertEquals(child.pid === process.pid, !capabilities.ownPid);
  assertNotEquals(child.ident, other.ident);
  assert(/^\d+$/.test(child.ident!), child.ident!);
  if (capabilities.ownPid) assertEquals(child.ident, String(child.pid));
  const { pid, ident } = child;
  child.kill();
  other.kill();
  await child.join();
  await other.join();
  assertEquals([child.pid, child.ident], [pid, ident]);
});

conform("daemon can be set until the start", async (note) => {
  const child = new mp.Process({ target: targets.wait });
  assertEquals(child.daemon, false);
  child.daemon = true;
  assertEquals(child.daemon, true);
  assertThrows(() => (child.daemon = "yes" as unknown as boolean), TypeError);
  await child.start();
  const error = assertThrows(() => (child.daemon = false), ProcessError);
  assertStringIncludes(error.message, child.name);
  assertEquals(child.daemon, true);
  child.terminate();
  note(await child.join());
});

conform("a daemon may not have children, and says so", async (note) => {
  const path = freshPath();
  await runToEnd(
    new mp.Process({ target: targets.startInDaemon, args: [path], daemon: true, name: "D" }),
  );
  const { refusal, pool, daemonByDefault } = readValue(path) as Record<string, string>;
  assertStringIncludes(refusal, "ProcessError: Cannot start Process-");
  assertStringIncludes(refusal, "in D: daemonic processes are not allowed to have children");
  assertStringIncludes(pool, "daemonic processes are not allowed to have children");
  note([refusal.replace(/-[\d:]+/, "-n"), pool.replace(/-[\d:]+/, "-n"), daemonByDefault]);
});

conform("a child's end waits for its own children", async (note) => {
  const path = freshPath();
  const go = freshPath();
  const child = new mp.Process({ target: targets.leaveChild, args: [path, go] });
  await child.start();
  assertEquals(await child.join({ timeout: 200 }), null);
  writeFileSync(go, "");
  const exitCode = await child.join();
  assertEquals([exitCode, readValue(path)], [0, "done"]);
  note(exitCode);
});

conform("a child's end ends its daemons", async (note) => {
  const path = freshPath();
  note(await runToEnd(new mp.Process({ target: targets.leaveDaemon, args: [path] })));
  assertEquals(readValue(path), "running");
});

conform("a child joins its own children and sees their exit codes", async (note) => {
  const value = await valueOf(targets.joinNested);
  assertEquals(value, { exitCode: 9, children: 0 });
  note(value);
});

conform("a child goes on until its event loop is empty", async (note) => {
  const path = freshPath();
  const child = new mp.Process({ target: targets.tellSoon, args: [path] });
  assertEquals(await runToEnd(child), 0);
  assertEquals(readValue(path), "soon");
  note(readValue(path));
}, {
  skip: capabilities.drainsEventLoop
    ? false
    : "such a thread ends when its target has settled (drainsEventLoop)",
});

conform(
  "an error after the target's end counts, too, when it is the last thing that happens",
  async (note) => {
    note(await exitCodeOf(targets.rejectAtEnd));
    assertEquals(await exitCodeOf(targets.rejectAtEnd), 1);
  },
  {
    skip: capabilities.drainsEventLoop
      ? false
      : "such a thread ends when its target has settled (drainsEventLoop)",
  },
);

conform("activeChildren() lists the children that run", async () => {
  assertEquals(activeChildren(), []);
  const child = await waiting();
  const daemon = await waiting({ daemon: true });
  assertEquals(new Set(activeChildren()), new Set([child, daemon]));
  child.terminate();
  await child.join();
  assertEquals(activeChildren(), [daemon]);
  daemon.terminate();
  await daemon.join();
  assertEquals(activeChildren(), []);
});

// ---------------------------------------------------------------- exit codes

conform("exitCode is what the child ended with", async (note) => {
  const child = new mp.Process({ target: targets.exitLater, args: [3] });
  assertEquals(child.exitCode, null);
  await child.start();
  assertEquals(await child.join(), 3);
  assertEquals([child.exitCode, child.isAlive()], [3, false]);
  note(child.exitCode);
});

conform("exit(code) ends a child with the lowest 8 bits of its code", async (note) => {
  const codes: (number | null)[] = [];
  for (const code of [0, 7, 255, 256, 300, -1]) codes.push(await exitCodeOf(exit, code));
  assertEquals(codes, [0, 7, 255, 0, 44, 255]);
  note(codes);
});

conform("process.exit(code) and process.exitCode end a child as exit() does", async (note) => {
  const codes = [
    await exitCodeOf(targets.processExit, 6),
    await exitCodeOf(targets.processExit, 258),
    await exitCodeOf(targets.processExit, -2),
    await exitCodeOf(targets.setExitCode, 5),
  ];
  assertEquals(codes, [6, 2, 254, 5]);
  note(codes);
});

conform("exit(text) writes the text to stderr and gives exit code 1", async (note) => {
  const child = new mp.Process({ target: targets.exitLater, args: ["no more"], stderr: "pipe" });
  await child.start();
  const text = await textOf(child.stderr);
  assertEquals([await child.join(), text], [1, "no more\n"]);
  note([child.exitCode, text]);
});

conform("exit(null) and exit(false) give exit code 0, exit(true) gives 1", async (note) => {
  const codes: (number | null)[] = [];
  for (const code of [null, false, true]) codes.push(await exitCodeOf(exit, code));
  assertEquals(codes, [0, 0, 1]);
  note(codes);
});

conform("exit() never returns", async (note) => {
  const path = freshPath();
  assertEquals(await exitCodeOf(targets.exitInTry, path), 4);
  assertEquals(readValue(path), undefined);
  note(readValue(path));
});

conform("exit() refuses what is no exit code", async (note) => {
  for (const code of [1.5, NaN, 2n, {}, []]) {
    const error = assertThrows(() => mp.exit(code as unknown as number), TypeError);
    note(error.message);
  }
});

conform(
  "an error that nobody catches gives exit code 1, and is printed with its stack",
  async (note) => {
    const cases: [string, () => void | Promise<void>, string][] = [
      ["thrown", targets.throwError, "RangeError: the target failed"],
      ["rejected", targets.rejectLater, "RangeError: the target rejected"],
      ["unhandled", targets.rejectUnhandled, "RangeError: nobody handles this"],
      ["timer", targets.throwInTimer, "RangeError: thrown in a timer"],
    ];
    for (const [name, target, message] of cases) {
      const child = new mp.Process({ target, name, stderr: "pipe" });
      await child.start();
      const text = await textOf(child.stderr);
      assertEquals(await child.join(), 1, name);
      assertStringIncludes(text, `Process ${name}:\n`);
      assertStringIncludes(text, message);
      assertStringIncludes(text, "at ");
      note([name, child.exitCode]);
    }
  },
);

conform("a thrown value that is no error is printed, too", async (note) => {
  const child = new mp.Process({ target: targets.throwText, name: "T", stderr: "pipe" });
  await child.start();
  const text = await textOf(child.stderr);
  assertEquals([await child.join(), text], [1, "Process T:\nUncaught just a text\n"]);
  note(text);
});

conform("abort() gives -6", async (note) => {
  note(await exitCodeOf(targets.abort));
}, { skip: ownPid });

// ---------------------------------------------------------------- terminate, kill, interrupt

conform("terminate(), kill() and interrupt() end a child by their signals", async (note) => {
  const codes: unknown[] = [];
  for (const how of ["terminate", "kill", "interrupt"] as const) {
    const child = await waiting();
    child[how]();
    codes.push(await child.join());
    assertEquals(child.isAlive(), false);
  }
  assertEquals(codes, [-15, -9, -2]);
  note(codes);
});

conform("terminate() ends a child that never yields", async (note) => {
  const path = freshPath();
  const child = new mp.Process({ target: targets.compute, args: [path] });
  await child.start();
  await until(() => existsSync(path));
  child.terminate();
  note(await child.join());
  assertEquals(child.exitCode, -15);
});

conform(
  "a child stays until its target is done, also where nothing else keeps it alive",
  async (note) => {
    const path = freshPath();
    const child = new mp.Process({ target: targets.tellLate, args: [path] });
    await child.start();
    assertEquals(await child.join(), 0);
    note(readValue(path));
    const never = new mp.Process({ target: () => new Promise<void>(() => {}) });
    await never.start();
    assertEquals(await never.join({ timeout: 250 }), null);
    never.terminate();
    note(await never.join());
  },
);

conform("terminate() during the start ends the child once it has started", async (note) => {
  const child = new mp.Process({ target: targets.wait });
  const started = child.start();
  child.terminate();
  child.kill();
  await started;
  note(await child.join());
  assertEquals(child.exitCode, -15);
});

conform("terminate(), kill() and interrupt() before the start are refused", async (note) => {
  const child = new mp.Process({ target: () => {}, name: "P" });
  for (const how of ["terminate", "kill", "interrupt"] as const) {
    const error = assertThrows(() => child[how](), ProcessError);
    note(error.message);
  }
  assertEquals(await runToEnd(child), 0);
});

conform("terminate(), kill() and interrupt() after the end do nothing", async (note) => {
  const child = await ended();
  child.terminate();
  child.kill();
  child.interrupt();
  note([await child.join(), child.exitCode]);
});

conform("terminate() may be called again and again", async (note) => {
  const child = await waiting();
  child.terminate();
  child.terminate();
  child.terminate();
  note(await child.join());
});

conform("a child may handle SIGTERM and SIGINT", async (note) => {
  const codes: unknown[] = [];
  for (const [signal, how] of [["SIGTERM", "terminate"], ["SIGINT", "interrupt"]] as const) {
    const path = freshPath();
    const child = new mp.Process({ target: targets.exitOnSignal, args: [path, signal] });
    await child.start();
    await until(() => existsSync(path));
    child[how]();
    codes.push(await child.join());
  }
  assertEquals(codes, [5, 5]);
  note(codes);
}, { skip: ownPid });

conform("kill() ends a child that ignores SIGTERM", async (note) => {
  const path = freshPath();
  const child = new mp.Process({ target: targets.ignoreTerminate, args: [path] });
  await child.start();
  await until(() => existsSync(path));
  child.terminate();
  await until(() => existsSync(`${path}.seen`));
  assertEquals([child.isAlive(), await child.join({ timeout: 0 })], [true, null]);
  child.kill();
  note(await child.join());
}, { skip: ownPid });

conform("a signal from elsewhere is seen as minus its number", async (note) => {
  const child = await waiting();
  process.kill(child.pid!, "SIGUSR2");
  note(await child.join());
}, { skip: ownPid });

// ---------------------------------------------------------------- join, sentinel, isAlive

conform("join() may be called many times, at once and afterwards", async (note) => {
  const child = new mp.Process({ target: targets.exitLater, args: [2] });
  await child.start();
  const codes = await Promise.all([child.join(), child.join(), child.join({ timeout: 20_000 })]);
  note([...codes, await child.join(), await child.join({ timeout: 0 })]);
  assertEquals(codes, [2, 2, 2]);
});

conform("join() with a timeout gives null while the child runs", async (note) => {
  const child = await waiting();
  const results = [
    await child.join({ timeout: 20 }),
    await child.join({ timeout: 0 }),
    await child.join({ timeout: -5 }),
  ];
  assertEquals(results, [null, null, null]);
  assertEquals([child.isAlive(), child.exitCode], [true, null]);
  child.kill();
  assertEquals(await child.join({ timeout: Infinity }), -9);
  note(results);
});

conform(
  "join() with a signal rejects with its reason, and the child can be joined again",
  async (note) => {
    const child = await waiting();
    const reason = new RangeError("enough");
    await assertRejects(
      () => child.join({ signal: AbortSignal.abort(reason) }),
      RangeError,
      "enough",
    );
    const controller = new AbortController();
    const joined = child.join({ signal: controller.signal, timeout: 20_000 });
    controller.abort(reason);
    await assertRejects(() => joined, RangeError, "enough");
    child.kill();
    note(await child.join({ signal: new AbortController().signal }));
  },
);

conform("join() before the start is refused", async (note) => {
  const child = new mp.Process({ target: () => {}, name: "P" });
  const error = await assertRejects(() => child.join(), ProcessError);
  note(error.message);
  assertEquals(await runToEnd(child), 0);
});

conform("join() refuses options that it does not understand", async (note) => {
  const child = await ended();
  for (const options of [5, null, { timeout: "1" }, { timeout: NaN }, { signal: {} }]) {
    const error = await assertRejects(() => child.join(options as { timeout: number }), TypeError);
    note(error.message);
  }
  assertEquals(await child.join(), 0);
});

conform("sentinel becomes ready when the child ends, and stays so", async (note) => {
  const child = new mp.Process({ target: targets.wait });
  assertThrows(() => child.sentinel, ProcessError);
  await child.start();
  const { sentinel } = child;
  assertStrictEquals(child.sentinel, sentinel);
  const before = [
    sentinel.ready,
    await sentinel.wait({ timeout: 0 }),
    await sentinel.wait({ timeout: 10 }),
  ];
  await assertRejects(
    () => sentinel.wait({ signal: AbortSignal.abort(new RangeError("no")) }),
    RangeError,
  );
  await assertRejects(() => sentinel.wait({ timeout: "1" as unknown as number }), TypeError);
  child.terminate();
  const after = [await sentinel.wait(), sentinel.ready, await sentinel.wait({ timeout: 0 })];
  assertEquals([before, after], [[false, false, false], [true, true, true]]);
  await child.join();
  note([before, after]);
});

conform("isAlive() is true from the start to the end", async (note) => {
  const child = new mp.Process({ target: targets.wait });
  const states = [child.isAlive()];
  await child.start();
  states.push(child.isAlive());
  child.kill();
  await child.join();
  states.push(child.isAlive());
  assertEquals(states, [false, true, false]);
  note(states);
});

// ---------------------------------------------------------------- start, close, scope, text

conform("start() is for once", async (note) => {
  const child = new mp.Process({ target: targets.wait, name: "P" });
  const first = child.start();
  const during = await assertRejects(() => child.start(), ProcessError);
  await first;
  const running = await assertRejects(() => child.start(), ProcessError);
  child.kill();
  await child.join();
  const after = await assertRejects(() => child.start(), ProcessError);
  child.close();
  const closed = await assertRejects(() => child.start(), ProcessError);
  note([during, running, after, closed].map((error) => error.message));
});

conform("close() is refused while the child runs", async (note) => {
  const child = new mp.Process({ target: targets.wait, name: "P" });
  const started = child.start();
  const starting = assertThrows(() => child.close(), ProcessError);
  await started;
  const running = assertThrows(() => child.close(), ProcessError);
  child.kill();
  await child.join();
  child.close();
  child.close();
  note([starting.message, running.message]);
});

conform("close() leaves nothing but the name", async (note) => {
  const child = await ended();
  child.name = "P";
  child.close();
  assertEquals(child.name, "P");
  const uses: (() => unknown)[] = [
    () => child.pid,
    () => child.ident,
    () => child.exitCode,
    () => child.sentinel,
    () => child.isAlive(),
    () => child.terminate(),
    () => child.kill(),
    () => child.interrupt(),
  ];
  for (const use of uses) note(assertThrows(use, ProcessError).message);
  note((await assertRejects(() => child.join(), ProcessError)).message);
  assertEquals(activeChildren(), []);
});

conform("close() before the start gives the process up", async (note) => {
  const child = new mp.Process({ target: () => {}, name: "P" });
  child.close();
  note((await assertRejects(() => child.start(), ProcessError)).message);
});

conform("await using terminates a child, waits for its end, and closes it", async (note) => {
  let outer: Process;
  let sentinel;
  {
    await using child = await waiting();
    ({ sentinel } = child);
    outer = child;
  }
  assertEquals(sentinel.ready, true);
  assertThrows(() => outer.exitCode, ProcessError);
  assertEquals(activeChildren(), []);
  note(sentinel.ready);
});

conform("await using takes processes in every state", async (note) => {
  await using unstarted = new mp.Process({ target: () => {} });
  await using over = await ended();
  await using closed = await ended();
  closed.close();
  const starting = new mp.Process({ target: targets.wait });
  const started = starting.start();
  await starting[Symbol.asyncDispose]();
  await started;
  assertThrows(() => starting.exitCode, ProcessError);
  note([unstarted.exitCode, over.exitCode]);
});

conform("toString() shows the process as Python does", async (note) => {
  const child = new mp.Process({ target: targets.wait, name: "P" });
  const here = `parent=${process.pid}`;
  assertEquals(`${child}`, `<Process name='P' ${here} initial>`);
  child.daemon = true;
  await child.start();
  assertEquals(`${child}`, `<Process name='P' pid=${child.pid} ${here} started daemon>`);
  child.terminate();
  await child.join();
  assertEquals(
    `${child}`,
    `<Process name='P' pid=${child.pid} ${here} stopped exitcode=-SIGTERM daemon>`,
  );
  child.close();
  assertEquals(`${child}`, `<Process name='P' ${here} closed daemon>`);
  const other = new mp.Process({ target: targets.exitLater, args: [3], name: "Q" });
  await runToEnd(other);
  assertEquals(`${other}`, `<Process name='Q' pid=${other.pid} ${here} stopped exitcode=3>`);
  assertStringIncludes(`${new Square("", 1)}`, "<Square name='Square-");
  assertStringIncludes(`${currentProcess()}`, "<Process name='MainProcess'");
  note("ok");
});

// ---------------------------------------------------------------- subclasses

conform("a subclass overrides run(), and its fields travel", async (note) => {
  const path = freshPath();
  const square = new Square(path, 7);
  square.name = "S";
  assertEquals(await runToEnd(square), 0);
  const value = readValue(path);
  assertEquals(value, {
    answer: 49,
    isPoint: true,
    length: 5,
    name: "S",
    isCurrent: true,
    isSquare: true,
    constructed: 0,
  });
  assertEquals(square.answer, 0);
  note(value);
});

conform("a subclass calls super.run(), with target, args and kwargs", async (note) => {
  const path = freshPath();
  // deno-lint-ignore no-explicit-any
  const options: any = { target: tellWrapped, args: [path, 1], kwargs: { plus: 2 } };
  const child = new Wrapped(options);
  child.before = "changed";
  assertEquals(await runToEnd(child), 0);
  assertEquals(readValue(path), { wrapped: "changed", n: 1, options: { plus: 2 } });
  note(readValue(path));
});

conform("run() runs here when it is called here", async (note) => {
  const path = freshPath();
  const square = new Square(path, 3);
  await square.run();
  assertEquals(square.answer, 9);
  let given: unknown;
  const take = (...args: unknown[]) => void (given = args);
  await new mp.Process({ target: take, args: [1, 2], kwargs: { a: 3 } }).run();
  const seen: number[] = [];
  const add = 1;
  const target = capture({ add }, (x: number, all: number[]) => void all.push(x + add));
  await new mp.Process({ target, args: [1, seen] }).run();
  assertEquals(seen, [2]);
  assertEquals(given, [1, 2, { a: 3 }]);
  note([square.answer, given]);
});

conform("a subclass that its module does not export is refused", async () => {
  const child = new classes.Private();
  const error = await assertRejects(() => child.start(), FreeVariableError);
  assertStringIncludes(error.message, "Private");
  assertUnstarted(child);
});

conform("a subclass with a field that cannot be sent is refused, with the path", async (note) => {
  const child = new Unsendable();
  const error = await assertRejects(() => child.start(), SerializationError);
  assertStringIncludes(error.message, "callback");
  assertUnstarted(child);
  child.callback = 1 as unknown as () => void;
  assertEquals(await runToEnd(child), 0);
  note(error.path);
});

// ---------------------------------------------------------------- standard streams

/** What the consoles of the runtimes write alike. */
const OUT = "log one\ninfo\ndebug\nstdout.write\nbytes ä\n";
const ERR = "error\nwarn\nstderr.write\n";

for (const [ending, exitCode] of [["return", 0], ["exit", 3], ["throw", 1]] as const) {
  conform(
    `stdout and stderr "pipe" give what the child writes before its end by ${ending}`,
    async (note) => {
      const child = new mp.Process({
        target: targets.writeOutput,
        args: [ending],
        stdout: "pipe",
        stderr: "pipe",
      });
      await child.start();
      const [out, err] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
      assertEquals(await child.join(), exitCode);
      assert(out.startsWith(OUT), out);
      for (const part of ["│", "group\n  indented\n", "a: 1"]) assertStringIncludes(out, part);
      assert(err.startsWith(ERR), err);
      assertStringIncludes(err, "assertion");
      assertEquals(err.includes("after the output"), ending === "throw");
      note([child.exitCode, out.slice(0, OUT.length), err.slice(0, ERR.length)]);
    },
  );
}

conform("stdout and stderr are redirected each by itself", async (note) => {
  const out = new mp.Process({
    target: targets.writeOutput,
    args: ["exit"],
    stdout: "pipe",
    stderr: "null",
  });
  await out.start();
  assert((await textOf(out.stdout)).startsWith(OUT));
  assertEquals([await out.join(), out.stderr], [3, null]);
  const err = new mp.Process({
    target: targets.writeOutput,
    args: ["exit"],
    stdout: "null",
    stderr: "pipe",
  });
  await err.start();
  const text = await textOf(err.stderr);
  assert(text.startsWith(ERR), text);
  assertEquals([await err.join(), err.stdout], [3, null]);
  note(text.slice(0, ERR.length));
});

conform('stdout "pipe" carries more than its buffers hold, to the last line', async (note) => {
  for (const ending of ["return", "exit"] as const) {
    const child = new mp.Process({
      target: targets.writeMuch,
      args: [5_000, ending],
      stdout: "pipe",
    });
    await child.start();
    const lines = (await textOf(child.stdout)).split("\n");
    assertEquals(await child.join(), 0);
    assertEquals([lines.length, lines.at(-3)?.slice(-4), lines.at(-2)], [5_002, "4999", "the end"]);
    note([lines.length, lines.at(-2)]);
  }
});

conform('stdout "pipe" can be read after join()', async (note) => {
  const child = new mp.Process({ target: () => console.log("kept"), stdout: "pipe" });
  await child.start();
  assertEquals(await child.join(), 0);
  note(await textOf(child.stdout));
});

conform('stdout "pipe" that nobody reads delays no end', async (note) => {
  const child = new mp.Process({
    target: () => {
      for (let line = 0; line < 100; line++) console.log("x".repeat(9_999));
      for (let line = 0; line < 100; line++) console.error("y".repeat(9_999));
    },
    stdout: "pipe",
    stderr: "pipe",
  });
  note(await runToEnd(child));
  note((await textOf(child.stdout)).length);
});

conform("join() waits for a start that nobody awaits, and is told when it fails", async (note) => {
  const child = new mp.Process({ target: targets.setExitCode, args: [3] });
  const started = child.start();
  note(await child.join());
  await started;
  const failing = new mp.Process({ target: targets.setExitCode, args: [Symbol("x") as never] });
  const refused = assertRejects(() => failing.start(), SerializationError);
  note((await assertRejects(() => failing.join(), SerializationError)).message);
  await refused;
});

conform('stdout "pipe" may be given up by its reader', async (note) => {
  const child = await (async () => {
    const path = freshPath();
    const child = new mp.Process({ target: targets.tellAndWait, args: [path], stdout: "pipe" });
    await child.start();
    return child;
  })();
  await child.stdout!.cancel();
  child.terminate();
  note(await child.join());
});

conform('stdout "pipe" ends when the child is killed', async (note) => {
  const child = new mp.Process({
    target: async () => {
      console.log("before the end");
      await new Promise((resolve) => setTimeout(resolve, 1e6));
    },
    stdout: "pipe",
  });
  await child.start();
  const reader = child.stdout!.getReader();
  const first = await reader.read();
  child.kill();
  const last = await reader.read();
  assertEquals(last.done, true);
  await child.join();
  note([new TextDecoder().decode(first.value), last.done]);
});

conform('stdout "pipe" takes in what a grandchild inherits', async (note) => {
  const child = new mp.Process({ target: targets.nestedOutput, stdout: "pipe" });
  await child.start();
  const out = await textOf(child.stdout);
  assertEquals(await child.join(), 0);
  assertEquals(out, "before\nfrom the grandchild\nafter\n");
  note(out);
});

conform('stdout "null" makes the output vanish', async (note) => {
  const path = freshPath();
  // The streams of the child in between are what its child inherits.
  const child = new mp.Process({
    target: targets.writeOutput,
    args: ["return"],
    stdout: "null",
    stderr: "null",
  });
  await child.start();
  assertEquals([child.stdout, child.stderr], [null, null]);
  assertEquals(await child.join(), 0);
  assertEquals(readValue(path), undefined);
  note(child.exitCode);
});

conform("stdout and stderr are null unless they are pipes", async () => {
  const child = new mp.Process({ target: () => {}, stdout: "inherit" });
  assertEquals([child.stdout, child.stderr], [null, null]);
  await runToEnd(child);
  assertEquals([child.stdout, child.stderr], [null, null]);
});

conform("the standard input of a child is empty", async (note) => {
  note(await valueOf(targets.readInput));
}, { skip: ownPid && "a thread shares its process's standard input (ownPid)" });

// ---------------------------------------------------------------- what a process has of its own

conform("env adds variables to those of the creator", async (note) => {
  const path = freshPath();
  const child = new mp.Process({
    target: targets.surroundings,
    args: [path],
    env: { ALLCORES_TEST_VARIABLE: "of the child" },
  });
  assertEquals(await runToEnd(child), 0);
  const { variable, inherited } = readValue(path) as Record<string, unknown>;
  assertEquals([variable, inherited], ["of the child", method]);
  note(variable);
}, { skip: ownEnv });

conform("a child gets the environment that its creator has when it starts it", async (note) => {
  const seen: unknown[] = [];
  const { ALLCORES_TEST_METHOD: removed } = process.env;
  process.env.ALLCORES_TEST_VARIABLE = "set later";
  delete process.env.ALLCORES_TEST_METHOD;
  try {
    for (const env of [undefined, {}]) {
      const path = freshPath();
      const child = new mp.Process({ target: targets.surroundings, args: [path], env });
      assertEquals(await runToEnd(child), 0);
      const { variable, inherited } = readValue(path) as Record<string, unknown>;
      seen.push([variable, inherited]);
    }
  } finally {
    delete process.env.ALLCORES_TEST_VARIABLE;
    process.env.ALLCORES_TEST_METHOD = removed;
  }
  assertEquals(seen, [["set later", null], ["set later", null]]);
  note(seen);
}, { skip: ownEnv });

conform("cwd is the child's working directory, as a path and as a URL", async () => {
  for (const cwd of ["/usr", pathToFileURL("/usr"), new URL("file:///usr/")]) {
    const path = freshPath();
    const child = new mp.Process({ target: targets.surroundings, args: [path], cwd });
    assertEquals(await runToEnd(child), 0);
    assertEquals((readValue(path) as { cwd: string }).cwd, "/usr");
  }
}, { skip: capabilities.cwd ? false : "a thread has no directory of its own (cwd)" });

conform("a cwd that is not there is refused, and the process stays usable", async () => {
  const options = { target: () => {}, cwd: "/nowhere/at/all" };
  const child = new mp.Process(options);
  await assertRejects(() => child.start(), ProcessError);
  assertUnstarted(child);
  await assertRejects(() => child.start(), ProcessError);
}, { skip: capabilities.cwd ? false : "a thread has no directory of its own (cwd)" });

conform("execArgv are the flags of the child's runtime", async () => {
  const isDeno = "deno" in process.versions;
  const execArgv = isDeno
    ? ["run", "--allow-all", "--v8-flags=--stack-size=500"]
    : ["--no-deprecation"];
  const child = new mp.Process({
    target: (isDeno: boolean) =>
      process.exit(isDeno || process.execArgv.includes("--no-deprecation") ? 3 : 4),
    args: [isDeno],
    execArgv,
  });
  assertEquals(await runToEnd(child), 3);
}, { skip: noOwnFlags });

conform("flags that say nothing of what a child needs let it start", async (note) => {
  const expose = "deno" in process.versions ? "--v8-flags=--expose-gc" : "--expose-gc";
  const kinds: unknown[] = [];
  for (const execArgv of [[], [expose]]) {
    const path = freshPath();
    const child = new mp.Process({ target: targets.kindOfGc, args: [path], execArgv });
    assertEquals(await runToEnd(child), 0);
    kinds.push(readValue(path));
  }
  assertEquals(kinds, ["undefined", "function"]);
  note(kinds);
}, { skip: noOwnFlags });

conform("permissions among the flags take the place of the creator's", async (note) => {
  const needed = ["--allow-read", "--allow-ffi", "--allow-net", "--allow-env"];
  const states: unknown[] = [];
  const given = [["--v8-flags=--expose-gc"], ["-A"], ["-A", "--deny-run"], [...needed, "-W"]];
  for (const execArgv of given) {
    const path = freshPath();
    const child = new mp.Process({ target: targets.permissionToRun, args: [path], execArgv });
    assertEquals(await runToEnd(child), 0);
    states.push(readValue(path));
  }
  assertEquals(states, ["granted", "granted", "denied", "prompt"]);
  note("as the flags say");
}, {
  skip: "deno" in process.versions
    ? noOwnFlags
    : "this runtime has no permissions that flags could give",
});

conform("a child sees the program's own arguments", async (note) => {
  const { argv } = await valueOf(targets.surroundings) as { argv: string[] };
  assertEquals(argv, process.argv.slice(2));
  note(argv.some((arg) => arg.includes("allcores-child")));
});

conform("what a thread cannot have is refused by name", (note) => {
  const options: Record<string, unknown>[] = [
    { env: { A: "1" } },
    { cwd: "/" },
    { execArgv: [] },
    { runtime: "deno" in process.versions ? "node" : "deno" },
  ];
  for (const option of options) {
    const error = assertThrows(() => new mp.Process(option), NotSupportedError);
    note([Object.keys(option), error.message]);
  }
}, { skip: capabilities.env ? "a process can have all of that" : false });

// ---------------------------------------------------------------- bad input

conform("Process refuses options of the wrong type, at the call", (note) => {
  const wrong: unknown[] = [
    null,
    5,
    [],
    () => {},
    { target: 5 },
    { target: "console.log" },
    { target: {} },
    { name: 5 },
    { daemon: 1 },
    { args: "abc" },
    { args: { 0: 1 } },
    { kwargs: 5 },
    { kwargs: null },
    { runtime: "ruby" },
    { stdout: "file" },
    { stderr: 2 },
  ];
  for (const options of wrong) {
    const error = assertThrows(() => new mp.Process(options as { name: string }), TypeError);
    note(error.message);
  }
  assertEquals(activeChildren(), []);
});

conform("Process refuses options that there are not, and tells which there are", (note) => {
  const Own = getContext(method).Process;
  class Sub extends Own {}
  const unknown: [option: string, value: unknown][] = [
    ["deamon", true],
    ["group", 1],
    ["group", undefined],
    ["processes", 1],
  ];
  for (const Class of [mp.Process, Own, Sub]) {
    for (const [option, value] of unknown) {
      const make = () => new Class({ target: () => {}, [option]: value } as object);
      const { message } = assertThrows(make, TypeError, `no option "${option}"; there are: target`);
      note(message);
    }
  }
  assertEquals(activeChildren(), []);
});

conform("Process refuses what is not offered, rather than do without", (note) => {
  const wanted: [option: string, value: unknown][] = [
    ["permissions", "none"],
    ["permissions", { read: false }],
    ["resourceLimits", { maxOldGenerationSizeMb: 64 }],
  ];
  for (const [option, value] of wanted) {
    const make = () => new mp.Process({ target: () => {}, [option]: value } as object);
    note(assertThrows(make, NotSupportedError, `"${option}" is not offered`).message);
  }
});

conform("Process refuses wrong types of what only a process has", (note) => {
  for (
    const options of [
      { env: 5 },
      { env: null },
      { env: ["A=1"] },
      { env: { A: 1 } },
      { env: { A: "1", B: null } },
      { cwd: 5 },
      { execArgv: "-v" },
      { execArgv: [1] },
      { execArgv: { 0: "-v" } },
    ]
  ) {
    const error = assertThrows(
      () => new mp.Process(options as unknown as { cwd: string }),
      TypeError,
    );
    note(error.message);
  }
}, { skip: ownEnv });

conform("an argument that cannot be sent is refused with its path", async (note) => {
  const user: { name: string; socket: unknown } = { name: "bob", socket: new Socket() };
  const child = new mp.Process({ target: (_user: unknown) => {}, args: [{ user }], name: "P" });
  const error = await assertRejects(() => child.start(), SerializationError);
  assertEquals(error.path, "args[0].user.socket");
  assertUnstarted(child);
  user.socket = () => {};
  const second = await assertRejects(() => child.start(), SerializationError);
  assertEquals(second.path, "args[0].user.socket");
  user.socket = null;
  assertEquals(await runToEnd(child), 0);
  note([error.path, error.message]);
});

conform("a function with outer variables is refused before anything starts", async (note) => {
  const outer = { count: 1 };
  const child = new mp.Process({
    target: () => {
      outer.count++;
      console.log(method);
    },
  });
  const error = await assertRejects(() => child.start(), FreeVariableError);
  assertUnstarted(child);
  assertEquals(error.variables.map(({ name }) => name), ["outer", "method"]);
  const hidden = new mp.Process({ target: targets.notExported.hidden, args: [freshPath()] });
  const unexported = await assertRejects(() => hidden.start(), FreeVariableError);
  assertUnstarted(hidden);
  note([error.variables.map(({ name }) => name), unexported.variables.map(({ name }) => name)]);
});

conform("a module that is not there is named in the refusal", async () => {
  const missing = new URL("../fixtures/no_such_module.ts", import.meta.url);
  const child = new mp.Process({ target: ref(missing, "work"), name: "P" });
  for (let i = 0; i < 2; i++) {
    const error = await assertRejects(() => child.start(), MultiprocessingError);
    assertStringIncludes(error.message, "no_such_module.ts");
    assertUnstarted(child);
  }
  await assertRejects(() => child.join(), ProcessError);
});

conform("an export that is not there is named in the refusal", async (note) => {
  const child = new mp.Process({ target: ref(TARGETS, "noSuchExport"), stderr: "pipe" });
  const error = await assertRejects(() => child.start(), MultiprocessingError);
  assertStringIncludes(error.message, "noSuchExport");
  assertStringIncludes(error.message, "process_targets.ts");
  assertUnstarted(child);
  child.close();
  note(error.name);
});

conform("a refused start leaves no trace in a later one", async (note) => {
  const holder: { value: unknown } = { value: () => {} };
  const child = new mp.Process({ target: targets.wait, args: [holder] as unknown as [] });
  const refused = child.start();
  child.terminate();
  await assertRejects(() => refused, SerializationError);
  holder.value = 1;
  await child.start();
  // The end that was asked of the refused start is not for this one.
  assertEquals([child.isAlive(), await child.join({ timeout: 50 })], [true, null]);
  child.kill();
  note(await child.join());
});

conform("nothing is left", () => {
  assertEquals(activeChildren(), []);
});
