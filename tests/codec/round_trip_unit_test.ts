/**
 * Every kind of value there and back, over every kind of memory: what comes back is equal, and no
 * byte is written or read out of place.
 *
 * @module
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Decoder } from "../../src/codec/decode.ts";
import { Encoder } from "../../src/codec/encode.ts";
import { Point } from "../fixtures/codec_classes.ts";
import { memories, protoKey } from "../support/codec.ts";

const long = "The quick brown fox jumps over the lazy dog. ".repeat(50);

const cases: [string, unknown][] = [
  ...[undefined, null, true, false].map((value): [string, unknown] => [String(value), value]),
  ...[
    0,
    -0,
    1,
    -1,
    127,
    128,
    -128,
    -129,
    32767,
    32768,
    -32768,
    -32769,
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 31),
    -(2 ** 31) - 1,
  ]
    .map((value): [string, unknown] => [Object.is(value, -0) ? "-0" : String(value), value]),
  ...[0.1, 2 ** 53, -1e300, 5e-324, NaN, Infinity, -Infinity].map((
    value,
  ): [string, unknown] => [String(value), value]),
  ...[
    0n,
    1n,
    -1n,
    2n ** 63n - 1n,
    2n ** 63n,
    -(2n ** 63n),
    -(2n ** 63n) - 1n,
    2n ** 64n,
    10n ** 400n,
    -(10n ** 400n),
  ]
    .map((value): [string, unknown] => [`${String(value).slice(0, 25)}n`, value]),
  ["an empty string", ""],
  ["a short string", "hello"],
  ["a latin-1 string", "straße\u0000\u00ff"],
  ["a string of 24 characters", "abcdefghijklmnopqrstuvwx"],
  ["a string of 25 characters", "abcdefghijklmnopqrstuvwxy"],
  ["a string of 25 latin-1 characters", "abcdefghijklmnopqrstuvwxé"],
  ["a short wide string", "日本語"],
  ["a short emoji", "👩‍👩‍👧"],
  ["a short lone surrogate", "a\ud800b"],
  ["lone surrogates in the wrong order", "\udc00\ud800"],
  ["a byte order mark", "\ufeffabc"],
  ["a long string", long],
  ["a long latin-1 string", long.replaceAll("o", "ö")],
  ["a long wide string", long.replaceAll("fox", "狐")],
  ["a long string with a lone surrogate", `${long.repeat(5)}\ud83d`],
  ["a long string with a byte order mark", `\ufeff${long}`],
  [
    "a surrogate pair across the coder's chunks",
    `${"x".repeat(4095)}😀${"y".repeat(4094)}😀${"z".repeat(9000)}`,
  ],
  ["Symbol.for", Symbol.for("a key")],
  ["an empty array", []],
  ["a short array of integers", [1, 2, 3]],
  ["a short array of numbers", [1.5, -0, NaN]],
  ["a run of 8 integers", [1, -2, 3, 2 ** 31 - 1, -(2 ** 31), 6, 7, 8]],
  ["a run of 8 numbers", [1, 2, 3, 4, 5, 6, 7, 0.5]],
  ["a run of integers with -0", [1, 2, 3, 4, 5, 6, 7, -0]],
  ["a run of numbers with NaN and infinities", [NaN, Infinity, -Infinity, 1, 2, 3, 4, 5]],
  ["a run with one that is no number", [1, 2, 3, 4, 5, 6, 7, 8, "9"]],
  ["a run with undefined", [1, 2, 3, 4, 5, 6, 7, 8, undefined]],
  ["a mixed array", [1, "two", null, undefined, true, 2n, [3], { four: 4 }]],
  // deno-lint-ignore no-sparse-arrays
  ["an array with holes", [, 1, , 2, ,]],
  ["an array of holes only", new Array(5)],
  [
    "an array with named keys",
    Object.assign(["a", 1], { index: 0, groups: undefined, "1.5": 2, "-1": 3, "01": 4 }),
  ],
  ["an empty array with named keys", Object.assign([], { key: 1 })],
  ["an empty object", {}],
  ["an object", { id: 1, name: "abc", tags: ["x", "y"], nested: { deep: { deeper: null } } }],
  ["keys of all sorts", {
    "": 1,
    "a b": 2,
    3: 3,
    "ключ": 4,
    "\ud800": 5,
    [long]: 6,
    undefined: undefined,
  }],
  ["an own __proto__ key", protoKey],
  [
    "objects of one shape",
    Array.from({ length: 50 }, (_, id) => ({ id, name: `name ${id}`, half: id / 2 })),
  ],
  [
    "objects of 50 shapes, twice",
    Array.from({ length: 100 }, (_, i) => ({ [`key${i % 50}`]: i, also: 1 })),
  ],
  ["an object of 200 keys, twice", Array.from({ length: 2 }, () => wide(200))],
  [
    "a map",
    new Map<unknown, unknown>([[1, "one"], ["two", 2], [{ key: true }, new Map()], [
      NaN,
      undefined,
    ]]),
  ],
  ["a set", new Set<unknown>([1, "two", { three: 3 }, new Set(), -1.5])],
  ["a date", new Date(1234567890123)],
  ["a regular expression", /a(?<b>.)\/[\]]/dgimsuy],
  ["a URL", new URL("https://user@example.org:8080/path?q=1#hash")],
  ["boxed primitives", [
    Object(1),
    Object(-0),
    Object(NaN),
    Object("text"),
    Object(true),
    Object(false),
    Object(5n),
  ]],
  ["an ArrayBuffer", new Uint8Array([1, 2, 3]).buffer],
  ["an empty ArrayBuffer", new ArrayBuffer(0)],
  ["a DataView", new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2)],
  ["an Int8Array", new Int8Array([-128, 127])],
  ["a Uint8Array", new Uint8Array([0, 255])],
  ["a Uint8ClampedArray", new Uint8ClampedArray([0, 255])],
  ["an Int16Array", new Int16Array([-32768, 32767])],
  ["a Uint16Array", new Uint16Array([0, 65535])],
  ["an Int32Array", new Int32Array([-(2 ** 31), 2 ** 31 - 1])],
  ["a Uint32Array", new Uint32Array([0, 2 ** 32 - 1])],
  ["a Float32Array", new Float32Array([0.5, NaN, -0])],
  ["a Float64Array", new Float64Array([0.1, NaN, -0])],
  ["a BigInt64Array", new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n])],
  ["a BigUint64Array", new BigUint64Array([0n, 2n ** 64n - 1n])],
  ["an empty typed array", new Float32Array(0)],
  ["typed arrays one after the other", [
    "x",
    new Uint8Array(3),
    new Float64Array(2),
    new Uint8Array(1),
    new Int16Array(5),
  ]],
  ["a registered class's instance", new Point(3, 4)],
  ["registered instances, many", Array.from({ length: 30 }, (_, i) => new Point(i, -i))],
];

if ("Float16Array" in globalThis) {
  cases.push(["a Float16Array", new globalThis.Float16Array([0.5, -0, Infinity])]);
}

function wide(keys: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: keys }, (_, i) => [`key${i}`, i]));
}

for (const [memory, bytes] of memories) {
  test(`Encoder and Decoder bring back what they are given, over ${memory}`, () => {
    const encoder = new Encoder();
    const decoder = new Decoder();
    for (const [name, value] of cases) {
      const end = encoder.encode(value, bytes, 8, bytes.length);
      const result = decoder.decode(bytes, 8, end);
      bytes.fill(0xff, 8, end);
      assert.deepStrictEqual(result, value, name);
    }
  });
}

test("Encoder.measure() is exactly what Encoder.encode() needs", () => {
  const encoder = new Encoder();
  const bytes = memories[0][1];
  for (const [name, value] of cases) {
    const size = encoder.measure(value);
    assert.equal(encoder.needed, size, name);
    assert.equal(encoder.encode(value, bytes, 16, bytes.length), 16 + size, name);
    assert.equal(
      encoder.encode(value, bytes, 16, 16 + size),
      16 + size,
      `${name}, in exactly that space`,
    );
    assert.deepStrictEqual(new Decoder().decode(bytes, 16, 16 + size), value, name);
    assert.equal(encoder.encode(value, bytes, 16, 16 + size - 1), -1, `${name}, in one byte less`);
    assert.equal(encoder.needed, size, `${name}, after it did not fit`);
  }
});

test("Encoder.encode() gives -1 for every space that is too small, and touches nothing outside", () => {
  const encoder = new Encoder();
  const values = [
    [
      1,
      "two",
      { three: [3.5, 300, 70000, -1] },
      new Date(0),
      5n,
      2n ** 70n,
      Symbol.for("s"),
      "日本",
    ],
    Array.from({ length: 20 }, (_, i) => i / 2),
    [
      new Map([[1, new Set(["x"])]]),
      new Float64Array(3),
      new Error("failed", { cause: "é".repeat(40) }),
      new Point(1, 2),
    ],
    [
      "x".repeat(100),
      "\ud800".repeat(30),
      /abc/g,
      new URL("data:,x"),
      Array.from({ length: 9 }, (_, i) => i),
    ],
  ];
  for (const value of values) {
    const size = encoder.measure(value);
    for (let space = 0; space < size; space++) {
      const bytes = new Uint8Array(8 + size).fill(0xaa);
      assert.equal(encoder.encode(value, bytes, 8, 8 + space), -1);
      assert.ok(bytes.subarray(0, 8).every((byte) => byte === 0xaa), "before the start");
      assert.ok(bytes.subarray(8 + space).every((byte) => byte === 0xaa), "behind the end");
    }
  }
});

test("Encoder.measure() allocates nothing in proportion to typed arrays", () => {
  const value = new Uint8Array(2 ** 28);
  assert.ok(new Encoder().measure(value) >= 2 ** 28);
});

test("Encoder and Decoder work at any offset, also of the memory", () => {
  const value = [
    Array.from({ length: 9 }, (_, i) => i),
    Array.from({ length: 9 }, (_, i) => i / 4),
    new Float64Array([1, 2]),
  ];
  for (let offset = 0; offset < 9; offset++) {
    for (const start of [0, 1, 4, 7, 8]) {
      const bytes = new Uint8Array(new ArrayBuffer(1000), offset);
      const end = new Encoder().encode(value, bytes, start, bytes.length);
      assert.equal(end, start + new Encoder().measure(value));
      const copy = new Uint8Array(1000);
      copy.set(bytes.subarray(start, end), 3);
      assert.deepStrictEqual(new Decoder().decode(bytes, start, end), value);
      assert.deepStrictEqual(new Decoder().decode(copy, 3, 3 + end - start), value);
    }
  }
});

test("Decoder.decode() leaves alone what stands behind the value", () => {
  const bytes = new Uint8Array(100).fill(0xff);
  const end = new Encoder().encode(["a", 1], bytes, 0, 100);
  assert.deepStrictEqual(new Decoder().decode(bytes, 0, end + 7), ["a", 1]);
});
