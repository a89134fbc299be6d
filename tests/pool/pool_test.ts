/** `Pool`: calls, maps, their options and their errors. */

import { test } from "node:test";
import process from "node:process";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  activeChildren,
  capture,
  FreeVariableError,
  MultiprocessingError,
  type Pool,
  PoolClosedError,
  ref,
  SerializationError,
  TimeoutError,
} from "../../mod.ts";
import {
  argumentsOf,
  computeUntil,
  count,
  create,
  failAt,
  failAtAsync,
  failUnsendably,
  failWith,
  getState,
  giveFunction,
  greet,
  identity,
  joinPath,
  mirror,
  note,
  noted,
  Point,
  Secret,
  sleepAndSquare,
  square,
  throwValue,
  Unknown,
  waitUntil,
  whisper,
  whoAmI,
} from "../fixtures/pool_tasks.ts";
import { applyHere, mapHere } from "../fixtures/pool_callers.ts";
import { freshPath, mp, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";

/** What a call rejects with. */
async function failureOf(call: PromiseLike<unknown>): Promise<Error & Record<string, unknown>> {
  const error = await assertRejects(() => call);
  return error as Error & Record<string, unknown>;
}

async function* slowly<T>(items: Iterable<T>): AsyncGenerator<T> {
  for (const item of items) {
    await null;
    yield item;
  }
}

const ten = Array.from({ length: 10 }, (_, i) => i);

// apply and applyAsync

conform("apply() gives what the function returns", async (note) => {
  await using pool = new mp.Pool(2);
  assertEquals(await pool.apply((a: number, b: number) => a + b, [2, 3]), 5);
  assertEquals(await pool.apply(() => {}), undefined);
  assertEquals(await pool.apply(async () => await "later"), "later");
  note(await pool.apply((...args: unknown[]) => args.length, [1, undefined, null]));
});

conform("apply() gives named arguments as one last argument", async (note) => {
  await using pool = new mp.Pool(1);
  const kwargs = { greeting: "good day" };
  assertEquals(await pool.apply(greet, ["bob", {}], {}), "hello bob");
  note(await pool.apply(greet as (name: string) => string, ["bob"], { kwargs }));
  note(await pool.apply(argumentsOf, [], { kwargs: { a: 1 } }));
  // The types know what a function takes last, whether or not it is optional.
  const scale = (x: number, { factor }: { factor: number }) => x * factor;
  const scaled: number = await pool.apply(scale, [3], { kwargs: { factor: 2 } });
  const later: number = await pool.applyAsync(scale, [4], { kwargs: { factor: 2 }, priority: 1 });
  assertEquals([scaled, later], [6, 8]);
  assertEquals(await pool.apply(greet, ["bob"], { kwargs }), "good day bob");
  // @ts-expect-error: a number is wanted
  assertEquals(await pool.apply(scale, [3], { kwargs: { factor: "2" } }), 6);
});

conform("apply() runs an exported function in its module", async (note) => {
  await using pool = new mp.Pool(1);
  note(await pool.apply(joinPath, ["a", "b"]));
  assertEquals(await pool.apply(count), 1);
  assertEquals(await pool.apply(count), 2);
  assertEquals(await pool.apply(count), 3);
});

conform("a function that the calling module exports is found by its name", async (note) => {
  await using pool = new mp.Pool(2);
  note(await mapHere(pool, [1, 2, 3]));
  note(await mapHere(pool, slowly([4, 5])));
  note(await applyHere(pool, 10));
});

conform("map() takes ref(), capture() and register()", async (note) => {
  await using pool = new mp.Pool(2);
  const tasks = new URL("../fixtures/pool_tasks.ts", import.meta.url);
  note(await pool.map(ref<typeof square>(tasks, "square"), [1, 2, 3]));
  const factor = 7;
  note(await pool.map(capture({ factor }, (x: number) => x * factor), [1, 2, 3]));
  const nested = capture({ offset: { by: 1 }, square }, (x: number) => square(x) + 1);
  note(await pool.map(nested, [1, 2, 3]));
});

conform("what capture() takes along is copied once for each worker", async () => {
  await using pool = new mp.Pool(1);
  const state = { n: 0 };
  const next = capture({ state }, () => ++state.n);
  assertEquals([await pool.apply(next), await pool.apply(next)], [1, 2]);
  assertEquals(state.n, 0);
});

conform("a function with outer variables is refused by their names", async (note) => {
  await using pool = new mp.Pool(1);
  const factor = 3;
  const offset = { by: 1 };
  const error = await assertRejects(
    () => pool.apply((x: number) => x * factor + offset.by, [1]),
    FreeVariableError,
  );
  note(error.variables.map(({ name }) => name).sort());
  assertEquals(await pool.apply(square, [3]), 9, "the pool stays usable");
});

conform("applyAsync() gives a result that can be asked", async () => {
  await using pool = new mp.Pool(1);
  const path = freshPath();
  const result = pool.applyAsync(waitUntil, [path]);
  assertEquals(result.ready(), false);
  assertThrows(() => result.successful(), MultiprocessingError);
  const error = await assertRejects(() => result.get({ timeout: 1 }), TimeoutError);
  assertStringIncludes(error.message, "1 ms");
  await result.wait({ timeout: 0 });
  assertEquals(result.ready(), false);
  create(path);
  assertEquals(await result.get({ timeout: 20_000 }), path);
  assertEquals([result.ready(), result.successful()], [true, true]);
  assertEquals([await result, await result.get(), await result.then((text) => text.length)], [
    path,
    path,
    path.length,
  ]);
});

conform("AsyncResult of a failed call rejects as often as it is asked", async () => {
  await using pool = new mp.Pool(1);
  const result = pool.applyAsync(failWith, ["no"]);
  await result.wait();
  assertEquals([result.ready(), result.successful()], [true, false]);
  const error = await failureOf(result);
  assertStrictEquals(await failureOf(result.get()), error);
  assertEquals(await result.then(() => "value", (reason) => (reason as Error).message), "no");
  await result.wait({ timeout: 0 });
});

conform("AsyncResult has all that a promise has", async (note) => {
  await using pool = new mp.Pool(1);
  const log: unknown[] = [];
  const good: Promise<number> = pool.applyAsync(square, [3]);
  const asNumber: number | string = await good.catch(() => "caught").finally(() =>
    log.push("settled")
  );
  log.push(asNumber, await good.then(null));
  const bad = pool.applyAsync(failWith, ["no"]);
  log.push(await bad.catch((reason: Error) => `${reason.name}: ${reason.message}`));
  assertStrictEquals(await failureOf(bad.catch(null)), await failureOf(bad));
  assertStrictEquals(await failureOf(bad.finally(() => log.push("settled"))), await failureOf(bad));
  assertStrictEquals(await failureOf(bad.finally()), await failureOf(bad));
  const other = new Error("of finally");
  const changed = good.finally(() => {
    throw other;
  });
  assertStrictEquals(await failureOf(changed), other as unknown);
  log.push(await Promise.race([good]), (await Promise.allSettled([bad]))[0].status, String(good));
  note(log);
});

conform("AsyncResult obeys a signal", async () => {
  await using pool = new mp.Pool(1);
  const path = freshPath();
  const result = pool.applyAsync(waitUntil, [path]);
  const reason = new Error("enough");
  const controller = new AbortController();
  const { signal } = controller;
  const getting = failureOf(result.get({ signal }));
  const waiting = failureOf(result.wait({ signal }));
  controller.abort(reason);
  assertStrictEquals(await getting, reason as unknown);
  assertStrictEquals(await waiting, reason as unknown);
  assertStrictEquals(await failureOf(result.get({ signal })), reason as unknown);
  create(path);
  assertEquals(await result.get({ timeout: Infinity }), path);
});

conform("wrong options of a wait are refused", async (note) => {
  await using pool = new mp.Pool(1);
  const result = pool.applyAsync(square, [3]);
  for (const options of [5, { timeout: "1" }, { timeout: NaN }, { signal: {} }]) {
    const error = await assertRejects(() => result.get(options as never), TypeError);
    note(error.message);
    await assertRejects(() => result.wait(options as never), TypeError);
  }
  assertEquals(await result, 9);
});

conform("callbacks are called here, once, before those who wait", async (note) => {
  await using pool = new mp.Pool(1);
  const log: unknown[] = [];
  const options = {
    callback: (value: unknown) => log.push(["callback", value]),
    errorCallback: (error: unknown) => log.push(["errorCallback", (error as Error).message]),
  };
  const pending = [
    pool.applyAsync(square, [3], options).then((value) => log.push(["then", value])),
    pool.applyAsync(failWith, ["no"], options).then(null, () => log.push(["catch"])),
    pool.mapAsync(square, [1, 2], options).then((value) => log.push(["then", value])),
    pool.starmapAsync(square, [[4]], options).then((value) => log.push(["then", value])),
    pool.mapAsync(square, [], options).then((value) => log.push(["then", value])),
  ];
  await Promise.all(pending);
  const ofCall = log.filter((entry) => String(entry).includes("9"));
  assertEquals(ofCall, [["callback", 9], ["then", 9]]);
  note(log.map((entry) => JSON.stringify(entry)).sort());
});

conform("a callback that throws harms nobody", async () => {
  const { error: print } = console;
  const printed: unknown[] = [];
  console.error = (...args: unknown[]) => printed.push(args.at(-1));
  try {
    await using pool = new mp.Pool(1);
    const thrower = (): never => {
      throw new Error("from the callback");
    };
    assertEquals(await pool.applyAsync(square, [3], { callback: thrower }), 9);
    await failureOf(pool.applyAsync(failWith, ["no"], { errorCallback: thrower }));
    assertEquals(await pool.mapAsync(square, [3], { callback: thrower }), [9]);
    assertEquals(await pool.apply(square, [4]), 16);
  } finally {
    console.error = print;
  }
  assertEquals(
    printed.map((error) => (error as Error).message),
    Array(3).fill("from the callback"),
  );
});

conform("a callback may call the pool again", async () => {
  await using pool = new mp.Pool(1);
  const done = await new Promise<number[]>((resolve, reject) => {
    const values: number[] = [];
    const callback = (value: number): void => {
      values.push(value);
      if (values.length === 20) resolve(values);
      else pool.applyAsync(square, [values.length], { callback, errorCallback: reject });
    };
    pool.applyAsync(square, [0], { callback, errorCallback: reject });
  });
  assertEquals(done, Array.from({ length: 20 }, (_, i) => i * i));
});

conform("a failure that nobody asks for is silently dropped", async () => {
  const unhandled: unknown[] = [];
  const listen = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", listen);
  try {
    await using pool = new mp.Pool(1);
    const results = [
      pool.applyAsync(failWith, ["one"]),
      pool.mapAsync(failWith, ["two"]),
      pool.starmapAsync(failWith, [["three"]]),
      pool.applyAsync(failWith, [(() => {}) as never]),
      pool.mapAsync(square, slowly([Symbol("four") as never])),
    ];
    const aborted = AbortSignal.abort();
    await assertRejects(() => results[0].get({ signal: aborted }));
    await assertRejects(() => results[1].get({ timeout: 0 }));
    for (const result of results) await until(() => result.ready());
    await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    process.off("unhandledRejection", listen);
  }
  assertEquals(unhandled, []);
});

// map and its relatives

conform("map() gives the results in the order of the items", async (note) => {
  await using pool = new mp.Pool(2);
  const items = Array.from({ length: 500 }, (_, i) => i);
  assertEquals(await pool.map(square, items), items.map(square));
  note(await pool.map((x: number) => ({ x, half: x / 2 }), [1, 2, 3]));
});

conform("map() takes every iterable, also async ones", async (note) => {
  await using pool = new mp.Pool(2);
  note(await pool.map(identity, "añ𝄞"));
  note(await pool.map(identity, new Set([1, "two"])));
  note(await pool.map(identity, new Map([["a", 1]])));
  note(await pool.map(identity, new Uint8Array([1, 2, 3])));
  note(
    await pool.map(
      square,
      (function* () {
        yield* [1, 2, 3];
      })(),
    ),
  );
  note(await pool.map(square, slowly([1, 2, 3])));
});

conform("map() takes several iterables, to the end of the shortest", async (note) => {
  await using pool = new mp.Pool(2);
  note(await pool.map((x: number, y: number) => x * y, [1, 2, 3], [4, 5]));
  note(await pool.map(argumentsOf, [1, 2], "ab", slowly([true, false, true])));
  note(await pool.map(argumentsOf, [1, 2], []));
  note(await pool.map((x: number, y: number) => x - y, [5, 6], slowly([1, 2]), { chunkSize: 1 }));
});

conform("map() of several iterables reads an endless one only as far as it is needed", async () => {
  await using pool = new mp.Pool(1);
  function* naturals(): Generator<number> {
    for (let i = 0;; i++) yield i;
  }
  assertEquals(await pool.map(argumentsOf, ["a", "b"], naturals()), [["a", 0], ["b", 1]]);
  let closed = false;
  async function* slowNaturals(): AsyncGenerator<number> {
    try {
      for (let i = 0;; i++) yield i;
    } finally {
      closed = true;
    }
  }
  assertEquals(await pool.map(argumentsOf, ["a", "b"], slowNaturals()), [["a", 0], ["b", 1]]);
  assert(closed, "an iterable that is left is closed");
});

conform("map() of nothing sends nothing", async () => {
  await using pool = new mp.Pool(1);
  assertEquals(await pool.map(square, []), []);
  assertEquals(await pool.map(square, slowly([])), []);
  assertEquals(await pool.starmap(square, []), []);
  assertEquals(await pool.starmap(square, slowly([])), []);
  assertEquals(pool.stats.done, 0);
});

conform("starmap() spreads each item over the arguments", async (note) => {
  await using pool = new mp.Pool(2);
  note(await pool.starmap((x: number, y: number) => x ** y, [[2, 3], [3, 2], [5, 1]]));
  note(await pool.starmap(argumentsOf, [[], [1], [[2], 3]]));
  note(await pool.starmap(argumentsOf, slowly([[1, 2], [3]])));
  note(await pool.starmapAsync(argumentsOf, new Set([[1, 2]]), { chunkSize: 3 }));
});

conform("async functions are awaited, one after the other", async (note) => {
  await using pool = new mp.Pool(2);
  note(await pool.apply(sleepAndSquare, [3]));
  note(await pool.map(sleepAndSquare, ten));
  note(await pool.starmap(sleepAndSquare, [[2, 1], [3, 2]], { chunkSize: 2 }));
  const thenable = (x: number) => ({ then: (resolve: (y: number) => void) => resolve(x + 1) });
  note(await pool.map(thenable, [1, 2]));
  note(await pool.map((x: number) => x % 2 ? Promise.resolve(x) : x, [1, 2, 3, 4]));
});

conform("starmap() takes readonly tuples and tuples that are written as arrays", async (note) => {
  await using pool = new mp.Pool(1);
  const power = (x: number, y: number): number => x ** y;
  const label = (name: string, x: number): string => `${name}${x}`;
  const fixed = [[2, 3], [3, 2]] as const;
  const powers: number[] = await pool.starmap(power, fixed);
  const later: number[] = await pool.starmapAsync(power, fixed, { chunkSize: 1 });
  const rows: Iterable<readonly [string, number]> = new Map([["a", 1], ["b", 2]]);
  const labels: string[] = await pool.starmap(label, rows);
  note([powers, later, labels, await pool.starmap(label, [["c", 3], ["d", 4]])]);
  note(await pool.starmap(label, [1, 2].map((x) => ["x", x] as const), { maxInFlight: 2 }));
  // @ts-expect-error: a string and a number are wanted
  note(await pool.starmap(label, [[1, 2]] as const));
  // @ts-expect-error: two are wanted
  note(await pool.starmap(power, [[1], [2]]));
});

conform("chunkSize is obeyed exactly", async () => {
  await using pool = new mp.Pool(1);
  // A task of its own resets nothing in a worker, so chunks are seen by the order of an async function's steps.
  const steps = (x: number): Promise<number> => Promise.resolve(x);
  for (const chunkSize of [1, 3, 10, 11, 1000]) {
    const before = pool.stats.done;
    assertEquals(await pool.map(steps, ten, { chunkSize }), ten);
    assertEquals(pool.stats.done - before, 10);
  }
});

conform("a chunkSize that is none is refused at the call", async (note) => {
  await using pool = new mp.Pool(1);
  let read = 0;
  function* counted(): Generator<number> {
    for (; read < 3; read++) yield read;
  }
  for (const chunkSize of [0, -1, 1.5, NaN, Infinity]) {
    const error = await assertRejects(() => pool.map(square, counted(), { chunkSize }), RangeError);
    note(error.message);
    assertThrows(() => pool.mapAsync(square, counted(), { chunkSize }), RangeError);
    assertThrows(() => pool.starmapAsync(square, [[1]], { chunkSize }), RangeError);
  }
  for (const chunkSize of ["2", null, {}]) {
    const options = { chunkSize: chunkSize as never };
    note((await assertRejects(() => pool.map(square, counted(), options), TypeError)).message);
  }
  assertEquals(read, 0, "nothing is read of the items");
  assertEquals(await pool.map(square, [1, 2]), [1, 4]);
});

conform("wrong arguments are refused at the call", async (note) => {
  await using pool = new mp.Pool(1);
  // deno-lint-ignore no-explicit-any
  const loose = pool as any;
  const wrong: [string, unknown[]][] = [
    ["applyAsync", [5]],
    ["applyAsync", [square, 5]],
    ["applyAsync", [square, "ab"]],
    ["applyAsync", [square, [1], { callback: 1 }]],
    ["applyAsync", [square, [1], { errorCallback: "no" }]],
    ["applyAsync", [square, [1], { kwargs: 3 }]],
    ["mapAsync", [square]],
    ["mapAsync", [square, 5]],
    ["mapAsync", [square, null]],
    ["mapAsync", [square, [1], 5]],
    ["mapAsync", [square, [1], null]],
    ["mapAsync", [square, [1], { chunksize: 3 }]],
    ["mapAsync", [square, [1], { callback: {} }]],
    ["starmapAsync", [square, 5]],
    ["starmapAsync", [square, [[1], 2]]],
    ["starmapAsync", [square, ["ab"]]],
  ];
  for (const [name, args] of wrong) {
    const error = assertThrows(() => loose[name](...args), TypeError, "", `${name}(${args})`);
    note(error.message);
    const plain = name.replace("Async", "");
    assertEquals(
      (await assertRejects(() => loose[plain](...args), TypeError)).message,
      error.message,
    );
  }
  await assertRejects(() => pool.starmap(square, slowly([2 as never])), TypeError);
  assertEquals(await pool.apply(square, [5]), 25);
});

conform("iterables that are none are refused at the call", async (note) => {
  await using pool = new mp.Pool(1);
  const { iterator, asyncIterator } = Symbol;
  const limits = { timeout: 300_000 };
  const wrong: unknown[] = [
    { [iterator]: 5 },
    { [iterator]: undefined },
    { [asyncIterator]: "no" },
    { [iterator]: () => ({}) },
    { [iterator]: () => 7 },
    { [iterator]: () => undefined },
    { [iterator]: () => ({ next: true }) },
  ];
  // deno-lint-ignore no-explicit-any
  const loose = pool as any;
  for (const items of wrong) {
    const calls: (() => unknown)[] = [
      () => loose.mapAsync(square, items, limits),
      () => loose.mapAsync(argumentsOf, [1], items, limits),
      () => loose.mapAsync(square, items, { ...limits, maxInFlight: 2 }),
      () => loose.starmapAsync(square, items, limits),
      () => loose.starmapAsync(square, items, { ...limits, maxInFlight: 2 }),
      () => loose.imap(square, items, limits),
      () => loose.imapUnordered(argumentsOf, items, [1], limits),
    ];
    note(calls.map((call) => assertThrows(call, TypeError).message));
  }
  const lazy = { [asyncIterator]: () => ({ next: 5 }) };
  note((await assertRejects(() => loose.map(square, lazy), TypeError)).message);
  note(assertThrows(() => loose.imap(square, lazy), TypeError).message);
  assertEquals(await pool.map(square, [1, 2]), [1, 4]);
});

conform("an iterator whose next() gives no object fails the call", async (note) => {
  await using pool = new mp.Pool(1);
  // deno-lint-ignore no-explicit-any
  const loose = pool as any;
  for (const given of [5, undefined, null, "done"]) {
    const items = { [Symbol.iterator]: () => ({ next: () => given }) };
    const lazy = { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(given) }) };
    note([
      (await assertRejects(() => loose.map(square, items), TypeError)).message,
      (await assertRejects(() => loose.starmap(square, items), TypeError)).message,
      (await assertRejects(() => loose.map(argumentsOf, [1], items), TypeError)).message,
      (await assertRejects(() => loose.map(square, items, { maxInFlight: 1 }), TypeError)).message,
      (await assertRejects(() => loose.imap(square, items).next(), TypeError)).message,
      (await assertRejects(() => loose.imapUnordered(square, lazy).next(), TypeError)).message,
    ]);
    await assertRejects(() => loose.map(square, lazy), TypeError);
  }
  // What is callable may be an iterator, and its result, too.
  const step = (done: boolean): unknown => Object.assign(() => {}, { done, value: 3 });
  const odd = (): unknown => {
    let isDone = true;
    return Object.assign(() => {}, { next: () => step(isDone = !isDone) });
  };
  note(await loose.map(square, { [Symbol.iterator]: odd }));
  note(await loose.imap(square, { [Symbol.iterator]: odd }).next());
});

conform("items that cannot be read fail the call, and nothing else", async () => {
  await using pool = new mp.Pool(1);
  const broken = new Error("broken items");
  function* failing(): Generator<number> {
    yield 1;
    throw broken;
  }
  async function* failingSlowly(): AsyncGenerator<number> {
    yield 1;
    throw broken;
  }
  assertStrictEquals(await failureOf(pool.map(square, failing())), broken as unknown);
  assertStrictEquals(await failureOf(pool.map(square, failingSlowly())), broken as unknown);
  assertStrictEquals(
    await failureOf(pool.map<[number, number], unknown>(argumentsOf, [1, 2], failing())),
    broken as unknown,
  );
  assertStrictEquals(
    await failureOf(pool.mapAsync(argumentsOf, [1, 2], failingSlowly())),
    broken as unknown,
  );
  assertEquals(await pool.apply(square, [6]), 36);
});

// Errors

conform("an error arrives with class, message, cause and own fields", async (note) => {
  await using pool = new mp.Pool(1);
  const error = await failureOf(pool.apply(failWith, ["the message"]));
  note(error);
  assertInstanceOf(error, TypeError);
  assertInstanceOf(error.cause, RangeError);
  assertEquals([error.code, error.details], ["E_TEST", { list: [1, 2] }]);
  assertEquals("itemIndex" in error, false);
});

conform("an error's stack shows both sides", async () => {
  await using pool = new mp.Pool(1);
  await pool.apply(square, [1]);
  for (const call of [whoCalls, whoMaps, whoAsks]) {
    const { stack } = await failureOf(call(pool));
    assertStringIncludes(stack!, "TypeError: both sides");
    assertStringIncludes(stack!, "failWith");
    assertStringIncludes(stack!, "PoolWorker-1 (pid ");
    assertStringIncludes(stack!, "pool_test.ts");
    assertEquals(stack!.split("PoolWorker-1 (pid ").length, 2, stack);
  }
});

async function whoCalls(pool: Pool): Promise<void> {
  await pool.apply(failWith, ["both sides"]);
}
async function whoMaps(pool: Pool): Promise<void> {
  await pool.map(failWith, ["both sides"]);
}
async function whoAsks(pool: Pool): Promise<void> {
  await pool.applyAsync(failWith, ["both sides"]).get();
}

conform("an error's stack does not grow with the number of those who ask", async () => {
  await using pool = new mp.Pool(1);
  const result = pool.applyAsync(failWith, ["again and again"]);
  const { length } = (await failureOf(result.get())).stack!;
  for (let i = 0; i < 50; i++) await failureOf(result.get());
  assertEquals((await failureOf(result)).stack!.length, length);
});

conform("anything may be thrown", async (note) => {
  await using pool = new mp.Pool(1);
  for (const value of ["text", 5, null, undefined, { own: [1] }, -0, 12n]) {
    const thrown = await pool.applyAsync(throwValue, [value]).then(
      () => "nothing was thrown",
      (reason) => ["thrown", reason],
    );
    note(thrown);
  }
  note(await failureOf(pool.apply(throwValue, [new AggregateError([new URIError("a")], "many")])));
});

conform(
  "an error with a field that cannot be sent arrives as what it is, without it",
  async (note) => {
    await using pool = new mp.Pool(1);
    const error = await assertRejects(() => pool.apply(failUnsendably), Unknown);
    note(error);
    assertEquals([error.message, Object.keys(error)], ["with a function inside", ["name"]]);
    assertStringIncludes(error.stack!, "failUnsendably");
    assertStringIncludes(error.stack!, "incomplete: Cannot send error.socket: ");
    assertEquals(await pool.apply(square, [2]), 4);
  },
);

conform("an error of map() says which item it was", async (note) => {
  await using pool = new mp.Pool(2);
  for (const fn of [failAt, failAtAsync]) {
    for (const chunkSize of [1, 4, 100, undefined]) {
      const items = ten.map((x): [number, number] => [x, 7]);
      const error = await failureOf(
        pool.starmap<[number, number], unknown>(fn, items, { chunkSize }),
      );
      assertInstanceOf(error, RangeError);
      assertEquals([error.message, error.itemIndex], ["not 7", 7], `${fn.name} ${chunkSize}`);
    }
  }
  const error = await failureOf(pool.map<[number, number], unknown>(failAt, [1, 2, 3], [5, 2, 5]));
  note([error, error.itemIndex]);
});

conform("map() fails at once, and drops what has not been started", async () => {
  await using pool = new mp.Pool(1);
  const failing = capture({ note }, (x: number) => {
    note(x);
    if (x === 2) throw new Error("at 2");
  });
  // The second call is asked for while the first one is being given out.
  const [first] = await Promise.allSettled([pool.map(failing, ten, { chunkSize: 1 })]);
  assertEquals(first.status, "rejected");
  const ran = await pool.apply(noted) as number[];
  assertEquals(ran.slice(0, 3), [0, 1, 2]);
  // At most what the worker had in its hands.
  assert(ran.length <= 4, `it ran ${ran}`);
  assertEquals(pool.stats.queued, 0);
});

conform("failFast: false lets all chunks finish", async (recordIt) => {
  await using pool = new mp.Pool(1);
  const failing = capture({ note }, (x: number) => {
    note(x);
    if (x % 4 === 1) throw new RangeError(`at ${x}`);
  });
  const options = { chunkSize: 2, failFast: false };
  const error = await failureOf(pool.map(failing, ten, options));
  assertEquals([error.message, error.itemIndex], ["at 1", 1]);
  // A failing item ends its own chunk.
  recordIt(await pool.apply(noted));
  assertEquals(pool.stats.failed, 6);
});

// Values

type Both = { point: Point; list: Secret[] };

conform("instances of registered classes arrive as instances", async (note) => {
  await using pool = new mp.Pool(2);
  const point = await pool.apply(mirror, [new Point(3, 4)]);
  assertInstanceOf(point, Point);
  assertEquals([point.x, point.y, point.length], [4, 3, 5]);
  const points = await pool.map(mirror, ten.map((x) => new Point(x, -x)));
  assert(points.every((point) => point instanceof Point));
  note(points.map(({ x, y }) => [x, y]));
  const secret = await pool.apply(whisper, [new Secret("psst")]);
  assertEquals(secret.reveal(), "psst!");
  const both = await pool.apply(identity<Both>, [{
    point: new Point(1, 2),
    list: [new Secret("a")],
  }]);
  assertEquals([both.point.length, both.list[0].reveal()], [Math.hypot(1, 2), "a"]);
});

conform("an argument that cannot be sent fails its call by its path", async (note) => {
  await using pool = new mp.Pool(1);
  const bad = { user: { socket: () => {} } };
  const error = await assertRejects(() => pool.apply(identity, [bad]), SerializationError);
  assertEquals(error.path, "args[0].user.socket");
  note(error.message);
  const late = pool.applyAsync(identity, [[Symbol("local")]]);
  assertEquals((await failureOf(late)).path, "args[0][0]");
  const inMap = await failureOf(
    pool.map(identity, [1, 2, { deep: [new WeakMap()] }, 4], { chunkSize: 2 }),
  );
  assertInstanceOf(inMap, SerializationError);
  note([inMap.path, inMap.itemIndex]);
  class Private {
    own = 1;
  }
  assertInstanceOf(await failureOf(pool.apply(identity, [new Private()])), SerializationError);
  assertInstanceOf(await failureOf(pool.apply(identity, [pool])), SerializationError);
  const queued = ten.map((x) => pool.applyAsync(identity, [x % 2 ? x : () => x]));
  const settled = await Promise.allSettled(queued.map((result) => result.get()));
  note(settled.map(({ status }) => status));
  assertEquals(await pool.apply(square, [7]), 49);
});

conform("a result that cannot be sent fails its call by its path", async (note) => {
  await using pool = new mp.Pool(1);
  const error = await assertRejects(() => pool.apply(giveFunction), SerializationError);
  assertEquals(error.path, "result.inner[0]");
  note(error.message);
  const inMap = await failureOf(pool.map(giveFunction as (x: number) => unknown, [1, 2]));
  assertInstanceOf(inMap, SerializationError);
  assertEquals(await pool.apply(square, [8]), 64);
});

conform("arguments are copied at the call", async (recordIt) => {
  await using pool = new mp.Pool(1);
  const path = freshPath();
  const first = pool.applyAsync(waitUntil, [path]);
  const shared = { n: 0, list: [0], bytes: new Uint8Array(1) };
  const results = ten.map((i) => {
    shared.n = shared.list[0] = shared.bytes[0] = i;
    return pool.applyAsync(identity<typeof shared>, [shared]);
  });
  const items = [1, 2, 3];
  const mapped = pool.mapAsync(square, items, { chunkSize: 1 });
  const kwargs = { n: 1 };
  const named = pool.applyAsync<unknown[], unknown>(identity as () => unknown, [], { kwargs });
  items.push(4);
  items[0] = 100;
  kwargs.n = 2;
  shared.n = shared.list[0] = shared.bytes[0] = 99;
  create(path);
  await first;
  const values = await Promise.all(results.map((result) => result.get()));
  recordIt(values);
  assertEquals(
    values.map(({ n, list, bytes }) => [n, list[0], bytes[0]]),
    ten.map((i) => [i, i, i]),
  );
  assertEquals([await mapped, await named], [[1, 4, 9], { n: 1 }]);
});

conform("arguments are copied at the call even if there is no room for them yet", async () => {
  await using pool = new mp.Pool(1);
  const bytes = new Uint8Array(100_000);
  const first = capture({}, (given: Uint8Array) => given[0]);
  // The pool learns that these calls are short, and gives the worker many ahead.
  for (let i = 0; i < 300; i++) await pool.apply(first, [new Uint8Array(8)]);
  const results = Array.from({ length: 40 }, (_, i) => {
    bytes.fill(i);
    return pool.applyAsync(first, [bytes]);
  });
  bytes.fill(255);
  const values = await Promise.all(results.map((result) => result.get()));
  assertEquals(values, Array.from({ length: 40 }, (_, i) => i));
});

// Workers

conform("workers are daemons with names, and no main program", async (note) => {
  await using pool = new mp.Pool(1);
  const { ident: _, ...worker } = await pool.apply(whoAmI);
  note(worker);
  await using named = new mp.Pool({ processes: 1, name: "Reader", daemon: false });
  const { name, daemon } = await named.apply(whoAmI);
  assertEquals([name, daemon], ["Reader-1", false]);
  assertEquals(activeChildren().length, 0, "workers are no children of the program's own");
});

conform("calls are begun in the order in which they were made", async () => {
  await using pool = new mp.Pool(1);
  const path = freshPath();
  const first = pool.applyAsync(computeUntil, [path]);
  const results = Array.from({ length: 200 }, (_, i) => pool.applyAsync(note, [i]));
  create(path);
  await first;
  for (const result of results) await result;
  assertEquals(await pool.apply(noted), Array.from({ length: 200 }, (_, i) => i));
});

conform("calls whose function has to be looked at first keep their order", async () => {
  await using pool = new mp.Pool(1);
  const results = [
    pool.applyAsync(note, ["a"]),
    pool.applyAsync(capture({ note }, () => note("b"))),
    pool.applyAsync(note, ["c"]),
    pool.mapAsync(note, ["d", "e"]),
    pool.applyAsync(
      ref<typeof note>(new URL("../fixtures/pool_tasks.ts", import.meta.url), "note"),
      ["f"],
    ),
  ];
  for (const result of results) await result;
  assertEquals(await pool.apply(noted), ["a", "b", "c", "d", "e", "f"]);
  assertEquals(await pool.apply(getState), "nothing");
});

test("a closed pool refuses without touching the items", { timeout: 30_000 }, async () => {
  const pool = new mp.Pool(1);
  pool.close();
  let read = 0;
  function* counted(): Generator<number> {
    read++;
    yield 1;
  }
  await assertRejects(() => pool.map(square, counted()), PoolClosedError);
  assertThrows(
    () => pool.mapAsync<[number, number], unknown>(square, [1, 2], counted()),
    PoolClosedError,
  );
  assertThrows(() => pool.starmapAsync(square, [[1]]), PoolClosedError);
  assertThrows(() => pool.mapAsync(square, []), PoolClosedError);
  assertEquals(read, 0);
  await pool.join();
});
