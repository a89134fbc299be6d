/** `Pool`: `imap`, `imapUnordered` and maps whose items are read as they are needed. */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  capture,
  PoolClosedError,
  type PoolIterator,
  SerializationError,
  TimeoutError,
  WorkerLostError,
} from "../../mod.ts";
import {
  create,
  failAtAsync,
  failWith,
  identity,
  killSelf,
  leave,
  note as noteInWorker,
  noted,
  square,
  sum,
  waitUntil,
} from "../fixtures/pool_tasks.ts";
import { freshPath, mp, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";

type Failure = Error & Record<string, unknown>;

const ten = Array.from({ length: 10 }, (_, i) => i);
const squares = ten.map(square);

/** An input that counts what was read of it, and knows whether it was closed. */
class Input {
  read = 0;
  closed = 0;
  readonly end: number;

  constructor(end: number = Infinity) {
    this.end = end;
  }

  *[Symbol.iterator](): Generator<number> {
    try {
      while (this.read < this.end) yield this.read++;
    } finally {
      this.closed++;
    }
  }

  async *slowly(): AsyncGenerator<number> {
    try {
      while (this.read < this.end) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        yield this.read++;
      }
    } finally {
      this.closed++;
    }
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Everything that an iterator gives, failures as their messages; a limit for one that never ends. */
async function outcomes<T>(iterator: PoolIterator<T>, most = 100): Promise<unknown[]> {
  const list: unknown[] = [];
  for (let i = 0; i < most; i++) {
    try {
      const { done, value } = await iterator.next();
      if (done) return list;
      list.push(value);
    } catch (error) {
      const { message, itemIndex } = error as Failure;
      list.push([message, itemIndex]);
    }
  }
  throw new Error("The iterator does not end");
}

// Results

conform("imap gives results in order, whatever the chunks", async (note) => {
  await using pool = new mp.Pool(2);
  assertEquals(await all(pool.imap(square, ten)), squares);
  for (const chunkSize of [1, 3, 10, 100]) {
    assertEquals(await all(pool.imap(square, ten, { chunkSize })), squares);
  }
  const later = capture(
    {},
    (x: number) => new Promise<number>((resolve) => setTimeout(resolve, 10 - x, x)),
  );
  note(await all(pool.imap(later, ten, { chunkSize: 1 })));
  note(await all(pool.imap(square, [])));
});

conform("imapUnordered gives each result once, as soon as it is there", async () => {
  await using pool = new mp.Pool(2);
  const end = freshPath();
  const wait = capture(
    { waitUntil },
    (x: number | string) => typeof x === "string" ? waitUntil(x) : x,
  );
  const iterator = pool.imapUnordered(wait, [end, ...ten], { chunkSize: 1 });
  const first: unknown[] = [];
  for (let i = 0; i < 10; i++) first.push((await iterator.next()).value);
  assertEquals(new Set(first), new Set(ten), "the one that takes long holds up no other");
  create(end);
  assertEquals(await iterator.next(), { done: false, value: end });
  assertEquals(await iterator.next(), { done: true, value: undefined });
  const sorted = (await all(pool.imapUnordered(square, ten))).sort((a, b) => a - b);
  assertEquals(sorted, squares);
});

conform(
  "imap takes several iterables, sync and async, to the end of the shortest",
  async (note) => {
    await using pool = new mp.Pool(2);
    const endless = new Input();
    const slow = new Input();
    const add = (x: number, y: number, z: number): number => x * 100 + y * 10 + z;
    const results = await all(
      pool.imap(add, endless, slow.slowly(), [7, 8, 9]),
    );
    note(results);
    assertEquals(results, [7, 118, 229]);
    await until(() => slow.closed === 1);
    assertEquals(endless.closed, 1);
    assertEquals(await all(pool.imap(identity<string>, "añb")), ["a", "ñ", "b"]);
  },
);

conform("imap of an async input gives each result before the next item comes", async () => {
  await using pool = new mp.Pool(2);
  const gates = ten.map(() => Promise.withResolvers<void>());
  async function* gated(): AsyncGenerator<number> {
    for (const x of ten) {
      await gates[x].promise;
      yield x;
    }
  }
  const iterator = pool.imap(square, gated());
  for (const x of ten) {
    gates[x].resolve();
    assertEquals((await iterator.next()).value, x * x);
  }
  assertEquals((await iterator.next()).done, true);
});

conform("an iterator that has ended stays so", async () => {
  await using pool = new mp.Pool(1);
  const iterator = pool.imap(square, [2]);
  assertStrictEquals(iterator[Symbol.asyncIterator](), iterator);
  const asked = await Promise.all([iterator.next(), iterator.next(), iterator.next()]);
  assertEquals(asked.map(({ done, value }) => [done, value]), [
    [false, 4],
    [true, undefined],
    [true, undefined],
  ]);
  assertEquals(await iterator.next(), { done: true, value: undefined });
  assertEquals(await iterator.return(), { done: true, value: undefined });
});

// How far ahead

conform("an endless input is read only as far ahead as maxInFlight allows", async () => {
  await using pool = new mp.Pool(2);
  for (const ordered of [true, false]) {
    const input = new Input();
    const options = { maxInFlight: 5 };
    const iterator = ordered
      ? pool.imap(square, input, options)
      : pool.imapUnordered(square, input, options);
    await until(() => pool.stats.running === 0);
    assertEquals(input.read, 5, "no more before a result is taken");
    for (let taken = 1; taken <= 40; taken++) {
      await iterator.next();
      assert(input.read <= taken + 5, `${input.read} read, ${taken} taken`);
    }
    await iterator.return();
    assertEquals(input.closed, 1);
  }
});

conform("without maxInFlight an endless input is read a bounded way ahead", async () => {
  await using pool = new mp.Pool(2);
  const input = new Input();
  const iterator = pool.imap(square, input);
  let sumOfAll = 0;
  let furthest = 0;
  for (let taken = 1; taken <= 100_000; taken++) {
    sumOfAll += (await iterator.next()).value!;
    furthest = Math.max(furthest, input.read - taken);
  }
  assertEquals(sumOfAll, 333328333350000);
  // Chunks have 4096 items at most, and each worker has four in flight.
  assert(furthest <= 2 * 4 * 4096, `${furthest} items ahead`);
  const { read } = input;
  await until(() => pool.stats.running === 0 && pool.stats.queued === 0);
  const { done } = pool.stats;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals([pool.stats.done, input.read], [done, Math.max(read, input.read)]);
  await iterator.return();
});

conform("maxInFlight of maps bounds how far their input is read ahead of results", async (note) => {
  await using pool = new mp.Pool(2);
  const end = freshPath();
  const input = new Input(30);
  const wait = capture({ waitUntil }, (x: number, path: string) => waitUntil(path).then(() => x));
  const mapped = pool.mapAsync(wait, input, Array(30).fill(end), {
    maxInFlight: 4,
  });
  await until(() => pool.stats.running === 2);
  assertEquals(input.read, 4);
  create(end);
  note(await mapped);
  const tuples = function* (): Generator<[number, number]> {
    for (const x of ten) yield [x, 2];
  };
  note(await pool.starmap((x: number, y: number) => x * y, tuples(), { maxInFlight: 3 }));
  note(await pool.map(square, new Input(7).slowly(), { maxInFlight: 2, chunkSize: 2 }));
  note(await pool.map(square, [], { maxInFlight: 2 }));
});

conform("a map with maxInFlight fails as others do", async (note) => {
  await using pool = new mp.Pool(2);
  const failing = capture({}, (x: number) => {
    if (x === 3) throw new RangeError(`at ${x}`);
    return x;
  });
  const input = new Input();
  const options = { maxInFlight: 3, chunkSize: 1 };
  const error = await assertRejects(() => pool.map(failing, input, options)) as Failure;
  note([error.message, error.itemIndex]);
  assertEquals(input.closed, 1);
  const finite = new Input(10);
  const late = await assertRejects(
    () => pool.map(failing, finite, { ...options, failFast: false }),
    RangeError,
  );
  assertEquals(finite.read, 10, "the rest is done all the same");
  assert(late.message === `at ${(late as unknown as Failure).itemIndex}`);
  const wrong = function* (): Generator<unknown[]> {
    yield [1];
    yield 5 as unknown as unknown[];
  };
  const refused = pool.starmap(square as (x: unknown) => number, wrong() as never, options);
  note((await assertRejects(() => refused, TypeError)).message);
  assertEquals(await pool.apply(square, [3]), 9);
});

conform("chunkSize of imap is obeyed exactly", async () => {
  await using pool = new mp.Pool(1);
  const end = freshPath();
  const blocked = pool.applyAsync(waitUntil, [end]);
  const iterator = pool.imap(square, ten, { chunkSize: 4, maxInFlight: 9 });
  // Two whole chunks; the ninth item waits for others.
  assertEquals(pool.stats.queued >= 2, true);
  create(end);
  await blocked;
  assertEquals(await all(iterator), squares);
});

// Failures

conform("a call that fails rejects its own next(), and the iteration goes on", async (note) => {
  await using pool = new mp.Pool(2);
  const failing = capture({}, (x: number) => {
    if (x % 3 === 1) throw new RangeError(`at ${x}`);
    return x;
  });
  for (const chunkSize of [1, 4, 20]) {
    note(await outcomes(pool.imap(failing, ten, { chunkSize })));
  }
  note(await outcomes(pool.imap(failAtAsync, ten, Array<number>(10).fill(5))));
  const unordered = await outcomes(pool.imapUnordered(failing, ten, { chunkSize: 2 }));
  assertEquals(unordered.length, 10);
  const detailed = pool.imap(failWith, ["one"]);
  const error = await assertRejects(() => detailed.next(), TypeError) as Failure;
  note([error.message, error.code, error.itemIndex, error.cause instanceof RangeError]);
  const { done, failed } = pool.stats;
  note([done, failed]);
});

conform("for await ends at the first failure, and return() closes the input", async () => {
  await using pool = new mp.Pool(2);
  const input = new Input();
  const seen: number[] = [];
  const failing = capture({}, (x: number) => {
    if (x === 3) throw new RangeError("three");
    return x;
  });
  const iterator = pool.imap(failing, input);
  await assertRejects(async () => {
    for await (const x of iterator) seen.push(x);
  }, RangeError);
  assertEquals(seen, [0, 1, 2]);
  // A loop does not end an iterator whose next() throws: that is for its owner to do.
  await iterator.return();
  assertEquals(input.closed, 1);
});

conform("failFast of imap makes the first failure the end", async () => {
  await using pool = new mp.Pool(2);
  const input = new Input();
  const failing = capture({}, (x: number) => {
    if (x === 3) throw new RangeError("three");
    return x;
  });
  const iterator = pool.imap(failing, input, { failFast: true, chunkSize: 1 });
  assertEquals(await outcomes(iterator), [0, 1, 2, ["three", 3]]);
  assertEquals(input.closed, 1);
});

conform("an input that fails midway delivers what came before, then its error", async (note) => {
  await using pool = new mp.Pool(2);
  const problem = new RangeError("no more input");
  function* failing(): Generator<number> {
    yield* [1, 2, 3, 4, 5];
    throw problem;
  }
  async function* failingLater(): AsyncGenerator<number> {
    yield* [1, 2, 3];
    throw problem;
  }
  for (const input of [failing(), failingLater()]) {
    const iterator = pool.imap(square, input, { chunkSize: 2 });
    note(await outcomes(iterator));
    assertEquals((await iterator.next()).done, true);
  }
  assertStrictEquals(
    await assertRejects(() => pool.map(square, failing(), { maxInFlight: 2 })),
    problem,
  );
  const other = new Input();
  const both = pool.imap((x: number, y: number) => x * y, other, failing());
  note(await outcomes(both));
  assertEquals(other.closed, 1);
  assertEquals(await pool.apply(square, [4]), 16);
});

conform("an item or a result that cannot be sent fails alone", async (note) => {
  await using pool = new mp.Pool(2);
  const items = [1, () => 2, 3, { deep: [Symbol("local")] }, 5];
  for (const chunkSize of [1, 5]) {
    note(await outcomes(pool.imap(identity<unknown>, items, { chunkSize })));
    const give = capture({}, (x: number) => x % 2 ? x : { inner: [() => x] });
    note(await outcomes(pool.imap(give, ten, { chunkSize })));
  }
  const error = await assertRejects(() => pool.imap(identity<unknown>, [() => 1]).next());
  assertInstanceOf(error, SerializationError);
  assertEquals(error.path, "args[0]");
});

conform("a worker that dies fails the items of its chunk, and the iteration goes on", async () => {
  await using pool = new mp.Pool(2);
  const dying = capture({ leave }, (x: number) => {
    if (x === 4) leave(3);
    return x;
  });
  const iterator = pool.imap(dying, ten, { chunkSize: 1 });
  const got: unknown[] = [];
  for (let i = 0; i < 10; i++) {
    got.push(await iterator.next().then(({ value }) => value, (error) => error));
  }
  assertInstanceOf(got[4], WorkerLostError);
  got.splice(4, 1);
  assertEquals(got, [0, 1, 2, 3, 5, 6, 7, 8, 9]);
  assertEquals((await iterator.next()).done, true);
});

// Waiting

conform("next({ timeout }) and next({ signal }) lose nothing", async (note) => {
  await using pool = new mp.Pool(1);
  const end = freshPath();
  const wait = capture({ waitUntil }, (path: string, x: number) => waitUntil(path).then(() => x));
  const iterator = pool.imap(wait, [end, end], [1, 2]);
  const error = await assertRejects(() => iterator.next({ timeout: 10 }), TimeoutError);
  note(error.message);
  await assertRejects(() => iterator.next({ timeout: 0 }), TimeoutError);
  await assertRejects(() => iterator.next({ timeout: -5 }), TimeoutError);
  const controller = new AbortController();
  const aborted = iterator.next({ signal: controller.signal });
  const patient = iterator.next({ timeout: 1e12 });
  controller.abort(new RangeError("enough"));
  await assertRejects(() => aborted, RangeError, "enough");
  await assertRejects(() => iterator.next({ signal: controller.signal }), RangeError, "enough");
  await assertRejects(() => iterator.next({ timeout: "1" as never }), TypeError);
  create(end);
  assertEquals([(await patient).value, (await iterator.next()).value], [1, 2]);
  assertEquals((await iterator.next({ timeout: 0 })).done, true);
});

conform("next() by many at once gives each one result, in their order", async () => {
  await using pool = new mp.Pool(2);
  const iterator = pool.imap(square, ten);
  const values = await Promise.all(ten.map(() => iterator.next()));
  assertEquals(values.map(({ value }) => value), squares);
});

// The end before the end

conform("break drops what has not been begun, and closes the input", async () => {
  await using pool = new mp.Pool(1);
  const input = new Input();
  for await (const x of pool.imap(noteInWorker, input, { maxInFlight: 50, chunkSize: 1 })) {
    assertEquals(x, undefined);
    break;
  }
  assertEquals(input.closed, 1);
  assertEquals(pool.stats.queued, 0);
  const begun = await pool.apply(noted);
  assert(begun.length <= 51, `${begun.length}`);
  const slow = new Input();
  for await (const x of pool.imap(square, slow.slowly())) if (x > 20) break;
  await until(() => slow.closed === 1);
  {
    const disposed = new Input();
    await using iterator = pool.imap(square, disposed);
    await iterator.next();
    await iterator[Symbol.asyncDispose]();
    assertEquals(disposed.closed, 1);
  }
  assertEquals(await pool.apply(square, [5]), 25);
});

conform("return() ends an input whose next item never comes", async () => {
  await using pool = new mp.Pool(1);
  let closed = false;
  const never: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      return: () => {
        closed = true;
        return Promise.resolve({ done: true as const, value: undefined });
      },
    }),
  };
  const iterator = pool.imap(square, never);
  const waiting = iterator.next();
  await iterator.return();
  assertEquals([closed, (await waiting).done], [true, true]);
});

conform("return() of an input that fails to close says so", async () => {
  await using pool = new mp.Pool(1);
  function* stubborn(): Generator<number> {
    try {
      for (;;) yield 1;
    } finally {
      // deno-lint-ignore no-unsafe-finally
      throw new RangeError("does not close");
    }
  }
  const iterator = pool.imap(square, stubborn());
  await iterator.next();
  await assertRejects(() => iterator.return(), RangeError, "does not close");
  assertEquals((await iterator.next()).done, true);
  assertEquals(await pool.apply(square, [6]), 36);
});

conform("an input may use the pool, and may end its own iteration", async () => {
  await using pool = new mp.Pool(2);
  const inner: PromiseLike<number>[] = [];
  let iterator: PoolIterator<number> | null = null;
  function* busy(): Generator<number> {
    for (let i = 0;; i++) {
      inner.push(pool.applyAsync(square, [i]));
      if (i === 500) void iterator!.return();
      yield i;
    }
  }
  iterator = pool.imap(square, busy());
  let count = 0;
  for await (const x of iterator) assertEquals(x, count++ ** 2);
  assert(count <= 501);
  const values = await Promise.all(inner);
  assertEquals(values, values.map((_, i) => i * i));
});

conform("signal and timeout of imap end it with their reason", async (note) => {
  await using pool = new mp.Pool(1);
  const input = new Input();
  const controller = new AbortController();
  const wait = capture({ waitUntil }, (_: number) => waitUntil("/nowhere"));
  const aborted = pool.imap(wait, input, { signal: controller.signal });
  const waiting = [aborted.next(), aborted.next()];
  await until(() => input.read > 0);
  controller.abort(new RangeError("stop it"));
  await assertRejects(() => waiting[0], RangeError, "stop it");
  assertEquals([(await waiting[1]).done, input.closed], [true, 1]);
  const late = pool.imap(wait, new Input(), { timeout: 30 });
  note((await assertRejects(() => late.next(), TimeoutError)).message);
  assertEquals((await late.next()).done, true);
  const before = new Input();
  const never = pool.imap(wait, before, { signal: controller.signal });
  await assertRejects(() => never.next(), RangeError, "stop it");
  assertEquals([before.read, (await never.next()).done], [0, true]);
});

conform("terminate() rejects who waits, and closes the input", async () => {
  const pool = new mp.Pool(1);
  const wait = capture({ waitUntil }, (_: number) => waitUntil("/nowhere"));
  const [sync, slow] = [new Input(), new Input()];
  const iterators = [pool.imap(wait, sync), pool.imapUnordered(wait, slow.slowly())];
  const waiting = Promise.allSettled(iterators.map((iterator) => iterator.next()));
  await until(() => sync.read > 0 && slow.read > 0);
  await pool.terminate();
  for (const next of await waiting) {
    assert(next.status === "rejected" && next.reason instanceof PoolClosedError);
  }
  for (const iterator of iterators) assertEquals((await iterator.next()).done, true);
  assertEquals(sync.closed, 1);
  await until(() => slow.closed === 1);
});

conform("close() and join() let an iterator have all results", async () => {
  const pool = new mp.Pool(2);
  const iterator = pool.imap(square, new Input(50_000));
  const bounded = pool.imapUnordered(square, new Input(100), { maxInFlight: 7 });
  pool.close();
  const taken = all(bounded);
  await pool.join();
  assertEquals((await taken).length, 100);
  assertEquals((await all(iterator)).length, 50_000);
  assertEquals(pool.stats.processes, 0);
});

conform("bad arguments of imap are refused at the call, and nothing is read", async (note) => {
  await using pool = new mp.Pool(1);
  const input = new Input();
  const wrong: [unknown[], typeof TypeError | typeof RangeError][] = [
    [[], TypeError],
    [[5], TypeError],
    [[null], TypeError],
    [[input, { chunkSize: 0 }], RangeError],
    [[input, { chunkSize: 1.5 }], RangeError],
    [[input, { chunkSize: "2" }], TypeError],
    [[input, { maxInFlight: 0 }], RangeError],
    [[input, { maxInFlight: NaN }], RangeError],
    [[input, { maxInFlight: 3, chunkSize: 4 }], RangeError],
    [[input, { maxInFlight: "many" }], TypeError],
    [[input, { timeout: "1" }], TypeError],
    [[input, { timeout: NaN }], TypeError],
    [[input, { signal: 5 }], TypeError],
    [[input, { priority: Infinity }], RangeError],
    [[input, { priority: "high" }], TypeError],
    [[input, { failFast: 1 }], TypeError],
    [[input, { callback: () => {} }], TypeError],
    [[input, { chunksize: 2 }], TypeError],
    [[input, input, 5], TypeError],
  ];
  for (const [args, type] of wrong) {
    for (const call of ["imap", "imapUnordered"] as const) {
      const error = assertThrows(
        () => (pool[call] as (...args: unknown[]) => unknown)(square, ...args),
        type,
      );
      note(error.message);
    }
  }
  assertThrows(() => pool.imap("no function" as never, input), TypeError);
  assertEquals(input.read, 0);
  const closed = new mp.Pool(1);
  closed.close();
  assertThrows(() => closed.imap(square, input), PoolClosedError);
  assertThrows(() => closed.imapUnordered(square, input), PoolClosedError);
  await closed.join();
  assertEquals(input.read, 0);
});

conform("many iterators at once share the workers", async () => {
  await using pool = new mp.Pool(2);
  const ends = await Promise.all(
    ten.map(async (i) => sum(await all(pool.imap(square, new Input(1000 + i))))),
  );
  assertEquals(ends, ten.map((i) => sum(Array.from({ length: 1000 + i }, (_, x) => x * x))));
});

conform("a worker that is killed while it has a chunk ends no iterator", async () => {
  await using pool = new mp.Pool(2);
  const dying = capture({ killSelf }, (x: number) => {
    if (x === 77) killSelf("SIGKILL");
    return x;
  });
  const got = await outcomes(pool.imap(dying, new Input(200), { chunkSize: 10 }), 300);
  assertEquals(got.length, 200);
  assertEquals(got.filter((x) => typeof x === "number").length, 190);
}, {
  skip: mp.capabilities.ownPid ? false : "no ownPid: a thread that kills its process ends all",
});
