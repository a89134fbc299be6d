/** Start methods, contexts, and what a program can ask about itself. */

import process from "node:process";
import { availableParallelism } from "node:os";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import * as multiprocessing from "../../mod.ts";
import {
  cpuCount,
  getAllStartMethods,
  getContext,
  getStartMethod,
  NotSupportedError,
  Process,
  ProcessError,
  setExecutable,
  setStartMethod,
  type StartMethod,
} from "../../mod.ts";
import { inherited, whoAmI } from "../fixtures/process_targets.ts";
import { freshPath, mp, readValue, runToEnd, valueOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";

const isDeno = "deno" in process.versions;

conform("getAllStartMethods() lists the methods, the default first", (note) => {
  const methods = getAllStartMethods();
  assertEquals(methods, isDeno ? ["thread", "process"] : ["process", "thread"]);
  methods.pop();
  assertEquals(getAllStartMethods().length, 2);
  note(getAllStartMethods().sort());
});

conform("getStartMethod() is the default until one is set", () => {
  assertEquals(getStartMethod(), isDeno ? "thread" : "process");
});

conform("setStartMethod() is for once, unless it is forced", (note) => {
  const before = getStartMethod();
  const error = assertThrows(() => setStartMethod(method), Error);
  assert((error as Error).message.includes(`"${before}"`));
  setStartMethod(method, { force: true });
  assertEquals(getStartMethod(), method);
  assertThrows(() => setStartMethod(before), Error);
  setStartMethod(before, { force: true });
  note(getStartMethod() === before);
});

conform("setStartMethod() and getContext() refuse other names", (note) => {
  for (const wrong of ["fork", "", null, 5]) {
    const error = assertThrows(() => getContext(wrong as StartMethod), TypeError);
    const force = { force: true };
    assertThrows(() => setStartMethod(wrong as StartMethod, force), TypeError);
    note((error as Error).message);
  }
});

conform("getContext() gives one context for a method, and that of the default", () => {
  assertStrictEquals(getContext(method), getContext(method));
  assertStrictEquals(getContext(), getContext(getStartMethod()));
  assert(getContext("process") !== getContext("thread"));
});

conform("a context is bound to its method", (note) => {
  assertEquals(mp.getStartMethod(), method);
  assertStrictEquals(mp.getContext(), mp);
  assertThrows(() => mp.setStartMethod(), Error);
  assertEquals([mp.Process.name, mp.Pool.name], ["Process", "Pool"]);
  assert(new mp.Process() instanceof Process);
  assert(new mp.JoinableQueue() instanceof mp.Queue);
  assert(!(new mp.Queue() instanceof mp.JoinableQueue));
  assert(new (class Mine extends mp.Queue {})() instanceof mp.Queue);
  assert(!(new mp.Queue() instanceof class Mine extends mp.Queue {}));
  note([mp.Process.name, mp.Pool.name]);
});

conform("a context has every name of the module, which works as that does", (note) => {
  const context = mp as unknown as Record<string, unknown>;
  const names = Object.entries(multiprocessing).map(([name, value]) => {
    assertEquals([name, typeof context[name]], [name, typeof value]);
    return name;
  });
  assertStrictEquals(mp.TimeoutError, multiprocessing.TimeoutError);
  assertStrictEquals(mp.capture, multiprocessing.capture);
  assertEquals(mp.cpuCount(), cpuCount());
  assertEquals(mp.getAllStartMethods(), getAllStartMethods());
  assertStrictEquals(mp.currentProcess(), multiprocessing.currentProcess());
  assertEquals([mp.isMainProcess(), mp.parentProcess(), mp.activeChildren()], [true, null, []]);
  note(names.sort());
});

conform("a context has no name that the module lacks, but what it is capable of", () => {
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(mp));
  const names = new Set([...Object.getOwnPropertyNames(mp), ...methods]);
  names.delete("constructor");
  assert(names.delete("capabilities"));
  assertEquals([...names].sort(), Object.keys(multiprocessing).sort());
});

/** What is called with nothing or a few arguments, and what it has to give then. */
type Calls = Record<string, (called: (...args: never[]) => unknown) => unknown>;

const takenOut: Calls = {
  getStartMethod: (f) => assertEquals(f(), method),
  getAllStartMethods: (f) => assertEquals(f(), getAllStartMethods()),
  getContext: (f) => assertStrictEquals(f(), mp),
  setStartMethod: (f) => assertThrows(() => f(), ProcessError),
  setExecutable: (f) => assertThrows(() => f(5 as never), TypeError),
  getLogger: (f) => assertStrictEquals(f(), multiprocessing.getLogger()),
  logToStderr: (f) => assertThrows(() => f("no level" as never), TypeError),
  activeChildren: (f) => assert(globalThis.Array.isArray(f())),
  cpuCount: (f) => assertEquals(f(), cpuCount()),
  currentTask: (f) => assertThrows(() => f(), Error),
  currentProcess: (f) => assertStrictEquals(f(), multiprocessing.currentProcess()),
  parentProcess: (f) => assertEquals(f(), null),
  isMainProcess: (f) => assertEquals(f(), true),
  exit: (f) => assertThrows(() => f(0.5 as never), TypeError),
  Value: (f) => assertEquals((f("i" as never, 3 as never) as { value: number }).value, 3),
  RawValue: (f) => assertEquals((f("i" as never, 3 as never) as { value: number }).value, 3),
  Array: (f) => assertEquals((f("i" as never, 3 as never) as number[]).length, 3),
  SharedArray: (f) => assertEquals((f("i" as never, 3 as never) as number[]).length, 3),
  RawArray: (f) => assertEquals((f("i" as never, 3 as never) as number[]).length, 3),
  Pipe: (f) => {
    for (const end of f() as { close(): void }[]) end.close();
  },
  fork: async (f) => {
    const pid = await f((() => {}) as never) as number;
    assertEquals((await mp.waitpid(pid)).exitCode, 0);
  },
  waitpid: async (f) => void await assertRejects(() => f(-5 as never) as Promise<unknown>),
  Manager: async (f) => void await (await f() as AsyncDisposable)[Symbol.asyncDispose](),
};

conform("every name works that is taken out of a context", async (note) => {
  const all = mp as unknown as Record<string, unknown>;
  // The functions that depend on the start method, or once did so by `this`: each is called on its own.
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(mp));
  const called = methods.filter((name) => name !== "constructor" && name !== "capabilities");
  assertEquals(called.sort(), Object.keys(takenOut).sort());
  for (const [name, check] of Object.entries(takenOut)) {
    const value = all[name] as (...args: never[]) => unknown;
    assertEquals(value.name, name);
    await check(value);
  }
  // The classes are the bound ones; all else is what the module has.
  for (const [name, value] of Object.entries(multiprocessing)) {
    if (name in takenOut) continue;
    const isBound = typeof value === "function" && "startMethod" in value;
    if (!isBound) assertStrictEquals(all[name], value, name);
    else assertEquals([name, (all[name] as typeof mp.Lock).startMethod], [name, method]);
  }
  const { Process: Child, Pool: Workers, Queue: Items } = mp;
  assertEquals(await runToEnd(new Child({ target: () => {} })), 0);
  await using pool = new Workers(1);
  note(await pool.apply((x: number) => x + 1, [1]));
  const items = new Items<number>();
  await items.put(7);
  note(await items.get());
});

conform("capabilities are plain data, which nobody can change", (note) => {
  const { capabilities } = mp;
  assert(Object.values(capabilities).every((value) => typeof value === "boolean"));
  assertEquals(capabilities.available, true);
  assertThrows(() => {
    (capabilities as { available: boolean }).available = false;
  }, TypeError);
  assertEquals(mp.capabilities, capabilities);
  note(Object.keys(capabilities).sort());
});

conform("cpuCount() is the number of usable cores", () => {
  const count = cpuCount();
  assert(Number.isInteger(count) && count >= 1, String(count));
  assert(count <= availableParallelism());
});

conform("a child's start method is the one that it was started with", async (note) => {
  const { method: seen } = await valueOf(whoAmI) as { method: string };
  assertEquals(seen, method);
  note(seen === method);
});

conform("a child may choose another start method, once", async (note) => {
  const seen = await valueOf(inherited);
  const [before, after, second] = seen as string[];
  assertEquals([before, after], [method, "thread"]);
  assert(second.includes('"thread"'), second);
  note("ok");
});

conform("the module's own names follow the default method", async (note) => {
  const before = getStartMethod();
  setStartMethod(method, { force: true });
  try {
    const path = freshPath();
    const child = new Process({ target: whoAmI, args: [path] });
    assertEquals(await runToEnd(child), 0);
    assertEquals((readValue(path) as { method: string }).method, method);
  } finally {
    setStartMethod(before, { force: true });
  }
  note("ok");
});

conform("setExecutable() refuses what is no path, and unknown runtimes", (note) => {
  for (const path of ["", 5, null]) {
    const error = assertThrows(() => setExecutable(path as string, { runtime: "bun" }), TypeError);
    note((error as Error).message);
  }
  const error = assertThrows(
    () => setExecutable("/bin/ruby", { runtime: "ruby" as "bun" }),
    TypeError,
  );
  note((error as Error).message);
});

conform("setExecutable() names the file that children run", async () => {
  const own = isDeno ? "deno" : "bun" in process.versions ? "bun" : "node";
  const child = new mp.Process({ target: () => {} });
  setExecutable("/nowhere/runtime");
  try {
    await child.start().then(() => assert(false), (error) => {
      assert(error instanceof ProcessError, String(error));
      assert(error.message.includes("/nowhere/runtime"), error.message);
    });
    assertEquals([child.pid, child.exitCode, child.isAlive()], [null, null, false]);
  } finally {
    setExecutable(new URL(`file://${process.execPath}`), { runtime: own });
  }
  assertEquals(await runToEnd(child), 0);
}, { skip: mp.capabilities.ownPid ? false : "a thread runs no executable (ownPid)" });

conform("what a start method cannot do is a NotSupportedError", (note) => {
  const threads = getContext("thread");
  const error = assertThrows(() => new threads.Process({ cwd: "/" }), NotSupportedError);
  note((error as Error).message);
});
