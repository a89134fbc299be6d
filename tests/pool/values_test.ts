/** `Pool`: values of every kind, there and back, the same on every runtime under every start method. */

import assert from "node:assert/strict";
import { assertEquals, assertRejects } from "@std/assert";
import { capture, SerializationError } from "../../mod.ts";
import { identity, square, sum } from "../fixtures/pool_tasks.ts";
import { mp } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { stableText } from "../support/stable_text.ts";

const MIB = 1024 * 1024;

/** What kinds there are, each as a function so that no two tests share a value. */
const kinds: Record<string, () => unknown[]> = {
  primitives: () => [undefined, null, true, false, "", "text", 0, 1, -1],
  numbers: () => [
    -0,
    NaN,
    Infinity,
    -Infinity,
    0.1,
    2 ** 31,
    -(2 ** 31),
    2 ** 53,
    5e-324,
    1.7976931348623157e308,
  ],
  bigints: () => [0n, 1n, -1n, 2n ** 64n, -(2n ** 64n), 123456789012345678901234567890n],
  texts: () => [
    "ascii",
    "Straße",
    "añ𝄞",
    "\u0000\uffff",
    "\ud800",
    "a\udc00b",
    "x".repeat(70_000),
    "ü".repeat(70_000),
  ],
  symbols: () => [Symbol.for("shared"), { s: Symbol.for("other") }],
  objects: () => [{}, { a: 1, b: { c: [] } }, { ["__proto__"]: 5 }, { 1: "a", 0: "b", x: 1 }],
  arrays: () => [[], [1, [2, [3]]], [, 1, , 2, ,], Array(3), [undefined, null]],
  runs: () => [[1, 2, 3, 4], [1.5, 2.5, -0], Array.from({ length: 1000 }, (_, i) => i), [
    1,
    2,
    "three",
  ]],
  dates: () => [new Date(0), new Date(NaN), new Date(-1), new Date(8.64e15)],
  patterns: () => [/a+b/giu, /[\]/]/, /x/g],
  boxed: () => [Object(1), Object("text"), Object(true), Object(5n), Object(-0)],
  maps: () => [
    new Map(),
    new Map<unknown, unknown>([[{ k: 1 }, [1]], [NaN, -0]]),
    new Set([1, "1", new Set([2])]),
  ],
  urls: () => [new URL("https://user@example.org:8080/a?b=c#d")],
  errors: () => [
    new Error("plain"),
    new RangeError("range", { cause: new TypeError("type") }),
    Object.assign(new SyntaxError("own"), { code: "E", nested: { list: [1] } }),
    new AggregateError([new URIError("a"), 5], "many"),
    new EvalError(""),
  ],
  binary: () => [
    new ArrayBuffer(5),
    new Uint8Array([1, 2, 255]),
    new Int8Array([-1]),
    new Uint8ClampedArray([256, 1]),
    new Int16Array([-300]),
    new Uint16Array([65535]),
    new Int32Array([-(2 ** 31)]),
    new Uint32Array([2 ** 32 - 1]),
    new Float32Array([0.1, -0]),
    new Float64Array([0.1, NaN]),
    new BigInt64Array([-5n]),
    new BigUint64Array([2n ** 64n - 1n]),
    new DataView(new Uint8Array([1, 2, 3]).buffer, 1, 1),
    new Uint8Array(),
  ],
};

/** Errors are compared by what is theirs: their stacks tell of the way, too. */
function assertSame(actual: unknown[], expected: unknown[]): void {
  assert.equal(stableText(actual), stableText(expected));
  if (!expected.some((value) => value instanceof Error)) assert.deepStrictEqual(actual, expected);
}

for (const [kind, make] of Object.entries(kinds)) {
  conform(`values arrive as they are: ${kind}`, async (note) => {
    await using pool = new mp.Pool(1);
    const values = make() as unknown[];
    const singly: unknown[] = [];
    for (const value of values) {
      singly.push(await pool.apply<[unknown], unknown>(identity, [value]));
    }
    assertSame(singly, values);
    const all = await pool.apply(identity<unknown[]>, [values]);
    assertSame(all, values);
    assertSame(await pool.map<unknown, unknown>(identity, values, { chunkSize: 3 }), values);
    note(all);
  });
}

conform("cycles and shared references arrive as such", async (note) => {
  await using pool = new mp.Pool(1);
  const shared = { n: 1 };
  const buffer = new ArrayBuffer(8);
  const cycle: Record<string, unknown> = { shared, again: shared, list: [shared] };
  cycle.self = cycle;
  cycle.map = new Map([[cycle, new Set([cycle])]]);
  cycle.views = [new Uint8Array(buffer), new Uint16Array(buffer, 2, 2)];
  // deno-lint-ignore no-explicit-any
  const copy = await pool.apply(identity, [cycle]) as any;
  assert.equal(copy.self, copy);
  assert.equal(copy.shared, copy.again);
  assert.equal(copy.shared, copy.list[0]);
  assert.equal([...copy.map.keys()][0], copy);
  assert.equal(copy.views[0].buffer, copy.views[1].buffer);
  assert.notEqual(copy, cycle);
  note(copy);
});

conform("a Buffer arrives as the bytes that it is", async (note) => {
  await using pool = new mp.Pool(1);
  const { Buffer } = await import("node:buffer");
  const copy = await pool.apply(identity, [Buffer.from("text").subarray(1, 3)]) as Uint8Array;
  assert.equal(copy.constructor, Uint8Array);
  note(copy);
});

conform("a view takes only its own bytes along", async (note) => {
  await using pool = new mp.Pool(1);
  const large = new Uint8Array(10 * MIB);
  const length = await pool.apply((view: Uint8Array) => view.buffer.byteLength, [
    large.subarray(5, 9),
  ]);
  assert.ok(length < MIB, `${length} bytes`);
  note(await pool.apply((view: Uint8Array) => [view.length, view.byteOffset], [new Uint8Array(4)]));
});

conform("64 MiB there and back", async (note) => {
  await using pool = new mp.Pool(1);
  const sent = new Uint8Array(64 * MIB);
  for (let i = 0; i < sent.length; i += 4093) sent[i] = i & 255;
  const echo = await pool.apply(identity<Uint8Array>, [sent]);
  assert.equal(echo.length, sent.length);
  for (let i = 0; i < sent.length; i += 4093) assert.equal(echo[i], i & 255);
  const again = await pool.apply(identity<Uint8Array>, [echo]);
  assert.equal(again[4093], 4093 & 255);
  note(await pool.apply(sum, [new Uint8Array(3 * MIB).fill(2)]));
});

conform("a million numbers there and back", async (note) => {
  await using pool = new mp.Pool(2);
  const whole = Array.from({ length: 1_000_000 }, (_, i) => i);
  const broken = whole.map((i) => i / 7);
  assert.deepStrictEqual(await pool.apply(identity, [whole]), whole);
  assert.deepStrictEqual(await pool.apply(identity, [broken]), broken);
  assert.deepStrictEqual(await pool.map((x: number) => x + 1, whole), whole.map((x) => x + 1));
  note(await pool.apply(sum, [whole]));
});

conform("many objects and long texts there and back", async (note) => {
  await using pool = new mp.Pool(1);
  const people = Array.from(
    { length: 20_000 },
    (_, i) => ({ name: `n${i}`, age: i % 90, tags: ["a", "ü"] }),
  );
  assert.deepStrictEqual(await pool.apply(identity, [people]), people);
  const text = "añ𝄞 ".repeat(500_000);
  assert.equal(await pool.apply(identity<string>, [text]), text);
  note(await pool.apply(capture({ people: people.slice(0, 2) }, () => people), []));
});

conform("a deep value arrives, or is refused by name", async () => {
  await using pool = new mp.Pool(1);
  const nest = (depth: number): unknown => {
    let value: unknown = "inside";
    for (let i = 0; i < depth; i++) value = [value];
    return value;
  };
  const depthOf = (value: unknown): number => {
    let depth = 0;
    for (let at = value; Array.isArray(at); at = at[0]) depth++;
    return depth;
  };
  assert.equal(depthOf(await pool.apply(identity, [nest(500)])), 500);
  const outcome = await pool.apply(identity, [nest(1_000_000)]).then(
    depthOf,
    (error) => error.name,
  );
  assert.ok(outcome === 1_000_000 || outcome === "SerializationError", `${outcome}`);
  assert.equal(await pool.apply((x: number) => x, [5]), 5);
});

conform(
  "a pool and what its calls give cannot be sent, and the error says what to do",
  async (note) => {
    class MyPool extends mp.Pool {}
    await using pool = new MyPool(1);
    const result = pool.applyAsync(square, [2]);
    for (const value of [pool, result]) {
      const sent = { list: [value] };
      const error = await assertRejects(
        () => pool.apply(identity<unknown>, [sent]),
        SerializationError,
      );
      note([error.message, error.path]);
    }
    assertEquals([await result, await pool.apply(square, [3])], [4, 9]);
  },
);

conform("a getter of an argument may call the pool itself", async (note) => {
  await using pool = new mp.Pool(1);
  const read = (given: { value: string }) => given.value;
  const seen: string[] = [];
  // The first call waits until it is known what its function is, the others are sent at once.
  for (let i = 0; i < 3; i++) {
    let inner: Promise<string> | undefined;
    const given = {
      get value(): string {
        inner ??= pool.apply(read, [{ value: `inner ${i}` }]);
        return `outer ${i}`;
      },
    };
    seen.push(await pool.apply(read, [given]), await inner!);
  }
  assertEquals(seen, ["outer 0", "inner 0", "outer 1", "inner 1", "outer 2", "inner 2"]);
  note(seen);
});
