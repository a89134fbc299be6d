import { test } from "node:test";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  AssertionError,
  assertNotEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
  equal,
} from "@std/assert";
import { abortable, deadline, delay } from "@std/async";
import { stableText } from "../support/stable_text.ts";
import { record } from "../support/transcript.ts";

// The stand-ins have to judge as the real packages do: this file also passes with those.

test("assertEquals judges values as @std/assert does", () => {
  const same: [unknown, unknown][] = [
    [0, -0],
    [NaN, NaN],
    [[0], [-0]],
    [new Date(NaN), new Date(NaN)],
    [/a/g, /a/g],
    [new Set([1, new Set([2, 3])]), new Set([new Set([3, 2]), 1])],
    [new Map([["a", [1]], ["b", [2]]]), new Map([["b", [2]], ["a", [1]]])],
    [new Map([[{ x: 1 }, true]]), new Map([[{ x: 1 }, true]])],
    [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    [Object.create(null), {}],
    [{ [Symbol.for("a")]: 1 }, { [Symbol.for("a")]: 1 }],
  ];
  for (const [a, b] of same) assert(equal(a, b), `${stableText(a)} ${stableText(b)}`);
});

test("assertEquals tells apart what @std/assert tells apart", () => {
  const different: [unknown, unknown][] = [
    [1, 2],
    ["1", 1],
    [{ a: undefined }, {}],
    [{ a: undefined, b: undefined }, { a: undefined, c: undefined }],
    // deno-lint-ignore no-sparse-arrays
    [[1, , 3], [1, undefined, 3]],
    [new Set([1, 2]), new Set([1, 3])],
    [new Map([["a", 1]]), new Map([["a", 2]])],
    [new Uint8Array([1, 2]), new Uint8Array([2, 1])],
    [new Uint8Array([1]), new Int8Array([1])],
    [new Date(1), new Date(2)],
    [/a/, /a/g],
    [new URL("https://a.test/"), new URL("https://b.test/")],
    [null, undefined],
    [[], {}],
  ];
  for (const [a, b] of different) assert(!equal(a, b), `${stableText(a)} ${stableText(b)}`);
});

test("assertEquals compares cycles", () => {
  const a: Record<string, unknown> = { x: 1 };
  const b: Record<string, unknown> = { x: 1 };
  a.self = a;
  b.self = b;
  assertEquals(a, b);
  b.x = 2;
  assertNotEquals(a, b);
});

test("assertThrows judges class and message and returns the error", () => {
  const broken = (): never => {
    throw new RangeError("too far");
  };
  assertStrictEquals(assertThrows(broken, RangeError, "far").message, "too far");
  assertThrows(() => assertThrows(broken, TypeError), AssertionError);
  assertThrows(() => assertThrows(broken, RangeError, "near"), AssertionError);
  assertThrows(() => assertThrows(() => 1), AssertionError);
});

test("assertRejects judges class and message and resolves to the error", async () => {
  const broken = () => Promise.reject(new RangeError("too far"));
  assertStrictEquals((await assertRejects(broken, RangeError, "far")).message, "too far");
  await assertRejects(() => assertRejects(broken, TypeError), AssertionError);
  await assertRejects(() => assertRejects(() => Promise.resolve(1)), AssertionError);
  const throwing = (): never => {
    throw new RangeError("at once");
  };
  await assertRejects(() => assertRejects(throwing), AssertionError);
});

test("assertAlmostEquals and assertObjectMatch allow what they say", () => {
  assertAlmostEquals(0.1 + 0.2, 0.3);
  assertThrows(() => assertAlmostEquals(0.01, 0.02), AssertionError);
  assertObjectMatch({ a: { b: 1, c: [1, 2] }, d: 1 }, { a: { b: 1 } });
  assertThrows(() => assertObjectMatch({ a: { b: 1 } }, { a: { b: 1, c: 2 } }), AssertionError);
});

test("delay waits and can be aborted", async () => {
  const started = performance.now();
  await delay(20);
  assert(performance.now() - started >= 18);
  const controller = new AbortController();
  const waiting = delay(60_000, { signal: controller.signal });
  controller.abort(new RangeError("enough"));
  await assertRejects(() => waiting, RangeError, "enough");
});

test("deadline rejects with a TimeoutError, and abortable with the signal's reason", async () => {
  const controller = new AbortController();
  const never = delay(60_000, { signal: controller.signal });
  const error = await assertRejects(() => deadline(never, 10), DOMException);
  assertEquals(error.name, "TimeoutError");
  await assertRejects(() => abortable(never, AbortSignal.abort(new Error("no"))), Error, "no");
  assertEquals(await deadline(Promise.resolve(3), 60_000), 3);
  controller.abort();
  await assertRejects(() => never);
});

test("stableText writes every kind of value alike", (t) => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  class Point {
    x = 1;
    y = -0;
  }
  const values = [
    -0,
    NaN,
    12n,
    "a\n\ud800",
    undefined,
    null,
    Symbol.for("s"),
    cycle,
    // deno-lint-ignore no-sparse-arrays
    [1, , 3],
    new Date(0),
    /a"b/gi,
    new Map<unknown, unknown>([["k", new Set([1])]]),
    new Float64Array([1.5, NaN]),
    new DataView(new ArrayBuffer(2)),
    new Object(1),
    new Point(),
    new TypeError("bad", { cause: new Error("deep") }),
    new AggregateError([new Error("one")], "many"),
    Object.assign(new Error("coded"), { code: 7 }),
    { b: 1, a: { c: [] } },
  ];
  for (const value of values) record(t.name, value);
  assertEquals(
    stableText(values.slice(16)),
    '[TypeError: "bad" {"cause": Error: "deep"}, AggregateError: "many" {"errors": [Error: "one"]}, ' +
      'Error: "coded" {"code": 7}, {"b": 1, "a": {"c": []}}]',
  );
});
