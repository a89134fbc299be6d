/**
 * The codec: every kind of value there and back, what is refused and how, and that no byte is
 * written or read out of place.
 *
 * @module
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import process from "node:process";
import { test } from "node:test";
import * as vm from "node:vm";
import { Decoder } from "../../src/codec/decode.ts";
import { addExportedErrors } from "../../src/codec/exported_errors.ts";
import { Encoder } from "../../src/codec/encode.ts";
import type { HandleCodec } from "../../src/codec/handles.ts";
import {
  classOfKey,
  deserialize,
  keyOfClass,
  registerClass,
  serialize,
  UnknownClassError,
} from "../../src/codec/registry.ts";
import * as errors from "../../src/errors.ts";

const SIZE = 1 << 20;
const memories: [string, Uint8Array][] = [
  ["an ArrayBuffer", new Uint8Array(SIZE)],
  ["a SharedArrayBuffer", new Uint8Array(new SharedArrayBuffer(SIZE))],
  [
    "a growable SharedArrayBuffer",
    new Uint8Array(new SharedArrayBuffer(SIZE, { maxByteLength: 2 * SIZE }), 0, SIZE),
  ],
];

function roundTrip<T>(value: T, handles?: HandleCodec, bytes: Uint8Array = memories[0][1]): T {
  const encoder = new Encoder(handles);
  const end = encoder.encode(value, bytes, 8, bytes.length);
  assert.ok(end > 8, "it fits");
  const result = new Decoder(handles).decode(bytes, 8, end);
  bytes.fill(0xff, 8, end);
  return result as T;
}

function refusal(value: unknown, root?: string, handles?: HandleCodec): errors.SerializationError {
  const bytes = memories[0][1];
  const encoder = new Encoder(handles);
  let caught: unknown;
  try {
    encoder.encode(value, bytes, 0, bytes.length, root);
  } catch (error) {
    caught = error;
  }
  assert.ok(
    caught instanceof errors.SerializationError,
    `a SerializationError is thrown, not ${caught}`,
  );
  assert.equal(caught.message.startsWith(`Cannot send ${caught.path}: `), true, caught.message);
  assert.throws(() => encoder.measure(value, root), { message: caught.message });
  return caught;
}

function damage(bytes: Uint8Array, message?: RegExp): void {
  assert.throws(() => new Decoder().decode(bytes, 0, bytes.length), (error) => {
    assert.ok(
      error instanceof errors.SerializationError,
      `a SerializationError is thrown, not ${error}`,
    );
    if (message !== undefined) assert.match(error.message, message);
    return true;
  });
}

function encoded(value: unknown): Uint8Array {
  const encoder = new Encoder();
  const bytes = new Uint8Array(encoder.measure(value));
  assert.equal(encoder.encode(value, bytes, 0, bytes.length), bytes.length);
  return bytes;
}

function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = wrap(value);
  return value;
}

class Point {
  x: number;
  y: number;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  get length(): number {
    return Math.hypot(this.x, this.y);
  }
}

class Interval {
  #from: number;
  #to: number;
  constructor(from: number, to: number) {
    this.#from = from;
    this.#to = to;
  }
  get size(): number {
    return this.#to - this.#from;
  }
  static [serialize](interval: Interval): unknown {
    return { from: interval.#from, to: interval.#to };
  }
  static [deserialize](data: { from: number; to: number }): Interval {
    return new Interval(data.from, data.to);
  }
}

class Unregistered {
  field = 1;
}

class PaymentError extends Error {
  code: number;
  constructor(message: string, code: number, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

registerClass("test:codec#Point", Point);
registerClass("test:codec#Interval", Interval);

// Values that come back equal

const long = "The quick brown fox jumps over the lazy dog. ".repeat(50);
const protoKey = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "toString": 2}');
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

// Details that equality does not show

test("numbers keep the sign of zero", () => {
  assert.ok(Object.is(roundTrip(-0), -0));
  assert.ok(Object.is(roundTrip([0, -0])[1], -0));
  assert.ok(Object.is(roundTrip([1, 2, 3, 4, 5, 6, 7, -0])[7], -0));
});

test("arrays keep holes, length and named keys", () => {
  // deno-lint-ignore no-sparse-arrays
  const holes = roundTrip([, undefined, ,]);
  assert.deepEqual([holes.length, 0 in holes, 1 in holes, 2 in holes], [3, false, true, false]);
  const match = roundTrip(/b(?<name>c)/.exec("abcd"))!;
  assert.deepEqual([match[0], match[1], match.index, match.input, { ...match.groups }], [
    "bc",
    "c",
    1,
    "abcd",
    { name: "c" },
  ]);
});

test("a very long array of holes takes neither time nor memory", () => {
  const result = roundTrip(Object.assign(new Array(4_000_000_000), { 3_999_999_999: "last" }));
  assert.deepEqual([result.length, Object.keys(result), result[3_999_999_999]], [4_000_000_000, [
    "3999999999",
  ], "last"]);
});

test("objects lose their null prototype, their frozen state, their symbol keys and their getters", () => {
  const value = Object.freeze(Object.assign(Object.create(null), { a: 1, [Symbol.for("s")]: 2 }));
  const result = roundTrip(value);
  assert.equal(Object.getPrototypeOf(result), Object.prototype);
  assert.deepEqual(Reflect.ownKeys(result), ["a"]);
  result.a = 2;
  let reads = 0;
  const getter = {
    get once() {
      return ++reads;
    },
  };
  assert.deepEqual(Object.getOwnPropertyDescriptor(roundTrip(getter), "once")!.value, 1);
  const hidden = Object.defineProperty({}, "hidden", { value: 1 });
  assert.deepEqual(Reflect.ownKeys(roundTrip(hidden)), []);
});

test("an own __proto__ key stays a key", () => {
  const result = roundTrip(protoKey);
  assert.equal(Object.getPrototypeOf(result), Object.prototype);
  assert.deepEqual(Object.keys(result), Object.keys(protoKey));
  assert.equal(Object.getOwnPropertyDescriptor(result, "__proto__")!.value.polluted, true);
  assert.equal(({} as { polluted?: true }).polluted, undefined);
});

test("an invalid date stays one", () => {
  assert.ok(Number.isNaN(roundTrip(new Date(NaN)).getTime()));
});

test("a regular expression starts at 0", () => {
  const pattern = /a/g;
  pattern.lastIndex = 3;
  assert.equal(roundTrip(pattern).lastIndex, 0);
});

test("what is one object arrives as one, also beyond the table for few", () => {
  const shared = { shared: true };
  const many = Array.from({ length: 100 }, (_, i) => ({ i }));
  const value = {
    a: shared,
    b: [shared, new Map([[shared, shared]]), new Set([shared])],
    many,
    again: many.slice().reverse(),
  };
  const result = roundTrip(value);
  const [inArray, map, set] = result.b as [object, Map<object, object>, Set<object>];
  for (const other of [inArray, [...map.keys()][0], [...map.values()][0], [...set][0]]) {
    assert.equal(other, result.a);
  }
  result.many.forEach((object, i) => assert.equal(result.again[99 - i], object));
});

test("cycles are kept through every container", () => {
  const array: unknown[] = [];
  const object: Record<string, unknown> = {};
  const map = new Map<unknown, unknown>();
  const set = new Set<unknown>();
  const error = new Error("cycle");
  const keyed: unknown[] = Object.assign([], { key: 1 });
  const point = new Point(0, 0) as Point & { array?: unknown };
  point.array = array;
  error.cause = array;
  array.push(array, object, map, set, error, keyed, point);
  object.array = array;
  map.set(array, array);
  set.add(array);
  keyed.push(array);
  const result = roundTrip(array) as unknown[];
  const [self, ...others] = result as [
    unknown[],
    typeof object,
    typeof map,
    typeof set,
    Error,
    unknown[],
    typeof point,
  ];
  assert.equal(self, result);
  assert.equal(others[0].array, result);
  assert.equal(others[1].get(result), result);
  assert.ok(others[2].has(result));
  assert.equal(others[3].cause, result);
  assert.equal(others[4][0], result);
  assert.equal(others[5].array, result);
});

test("boxed primitives and dates stay one object", () => {
  const boxed = Object("text");
  const date = new Date(0);
  const result = roundTrip([boxed, boxed, date, date]);
  assert.equal(result[0], result[1]);
  assert.equal(result[2], result[3]);
});

// Buffers

test("a view brings its own bytes only", () => {
  const view = new Uint8Array(100_000).subarray(10, 20).fill(7);
  assert.ok(new Encoder().measure(view) < 30);
  const result = roundTrip(view);
  assert.deepEqual(result, view);
  assert.equal(result.buffer.byteLength, 10);
});

test("views on one buffer share it again, in whatever order they come", () => {
  const buffer = new ArrayBuffer(32);
  const parts: (ArrayBuffer | ArrayBufferView)[] = [
    new Uint8Array(buffer, 4, 8),
    new Float64Array(buffer, 8, 1),
    new DataView(buffer, 2),
    buffer,
    new Int32Array(buffer),
  ];
  for (let turn = 0; turn < parts.length; turn++) {
    const value = ["before", ...parts.slice(turn), ...parts.slice(0, turn), new Uint8Array(4)];
    const result = roundTrip(value) as typeof parts;
    const shared = result.slice(1, -1).map((part) => ArrayBuffer.isView(part) ? part.buffer : part);
    assert.equal(new Set(shared).size, 1, `turn ${turn}`);
    assert.equal(shared[0].byteLength, 32);
    assert.deepStrictEqual(result.map(shapeOf), value.map(shapeOf));
  }
});

function shapeOf(value: unknown): unknown[] {
  const { constructor, byteLength, byteOffset } = value as Uint8Array;
  return [constructor, byteLength, byteOffset];
}

test("a getter that makes new views for each reading does not make the encoder go round for ever", () => {
  const value = {
    get views(): Uint8Array[] {
      const buffer = new ArrayBuffer(8);
      return [new Uint8Array(buffer, 1), new Uint8Array(buffer, 2)];
    },
  };
  assert.deepEqual(roundTrip(value), { views: [new Uint8Array(7), new Uint8Array(6)] });
});

test("a resizable ArrayBuffer stays resizable, and views on it follow", () => {
  const buffer = new ArrayBuffer(8, { maxByteLength: 64 });
  const result = roundTrip([buffer, new Uint8Array(buffer), new Uint8Array(buffer, 2, 3)] as const);
  assert.deepEqual([result[0].resizable, result[0].byteLength, result[0].maxByteLength], [
    true,
    8,
    64,
  ]);
  result[0].resize(32);
  assert.deepEqual([result[1].length, result[2].length], [32, 3]);
  assert.equal(
    roundTrip(new Float64Array(new ArrayBuffer(16, { maxByteLength: 32 }))).buffer.maxByteLength,
    32,
  );
});

test("a Buffer arrives as a Uint8Array of its own bytes, even beside others of the same pool", () => {
  const result = roundTrip([Buffer.from("secret one"), Buffer.from("two"), Buffer.alloc(3)]);
  for (const bytes of result) {
    assert.equal(Object.getPrototypeOf(bytes), Uint8Array.prototype);
    assert.equal(bytes.buffer.byteLength, bytes.length);
  }
  assert.deepEqual(result.map((bytes) => String.fromCharCode(...bytes)), [
    "secret one",
    "two",
    "\0\0\0",
  ]);
});

test("nothing decoded refers to the bytes, also when they are a Buffer", () => {
  const value = [new Uint8Array([1, 2, 3]), "x".repeat(5000), new ArrayBuffer(4), [
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
  ], new Int16Array(2)];
  const bytes = Buffer.alloc(10_000);
  const end = new Encoder().encode(value, bytes, 0, bytes.length);
  const result = new Decoder().decode(bytes, 0, end);
  bytes.fill(0xee);
  assert.deepStrictEqual(result, value);
});

// Errors

test("built-in errors keep class, message, stack, cause and fields", () => {
  const classes = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];
  for (const Class of classes) {
    const error = Object.assign(new Class("broken", { cause: { reason: 1 } }), {
      code: "E_BROKEN",
      details: [1, 2],
    });
    const result = roundTrip(error);
    assert.equal(Object.getPrototypeOf(result), Class.prototype);
    assert.ok(result instanceof Error);
    assert.deepEqual([result.name, result.message, result.stack], [
      Class.name,
      "broken",
      error.stack,
    ]);
    assert.deepEqual(result.cause, { reason: 1 });
    assert.deepEqual(Object.entries(result), [["code", "E_BROKEN"], ["details", [1, 2]]]);
    for (const key of ["message", "stack", "cause"]) {
      assert.ok(!Object.keys(result).includes(key), `${key} is hidden`);
    }
    assert.equal(String(result), `${Class.name}: broken`);
  }
});

test("a cause is absent, or present and undefined, as it was", () => {
  assert.ok(!Object.hasOwn(roundTrip(new Error("none")), "cause"));
  assert.ok(Object.hasOwn(roundTrip(new Error("undefined", { cause: undefined })), "cause"));
  assert.ok(!Object.hasOwn(roundTrip(new Error()), "message"));
});

test("an AggregateError keeps its errors", () => {
  const result = roundTrip(new AggregateError([new TypeError("one"), "two"], "several"));
  assert.ok(result instanceof AggregateError);
  assert.deepEqual([result.message, result.errors.length, result.errors[1]], ["several", 2, "two"]);
  assert.ok(result.errors[0] instanceof TypeError);
  assert.ok(!Object.keys(result).includes("errors"));
});

test("a DOMException keeps name, message and code", () => {
  const result = roundTrip(new DOMException("stopped", "AbortError"));
  assert.ok(result instanceof DOMException);
  assert.deepEqual([result.name, result.message, result.code], ["AbortError", "stopped", 20]);
});

test("every error class of this module arrives as itself", () => {
  const details = {
    worker: "PoolWorker-1",
    pid: 7,
    exitCode: -9,
    signal: "SIGKILL",
    task: "resize(…)",
    stderr: ["a", "b"],
    likelyCause: "killed" as const,
  };
  const values: Error[] = [
    new errors.WorkerLostError("lost", details),
    new errors.BufferTooShort("short", new Uint8Array([1, 2])),
    new errors.SerializationError("no", "args[0]"),
    new errors.FreeVariableError("free", [{ name: "x", line: 1 }]),
    new errors.TimeoutError("late", { cause: new errors.Empty("empty") }),
  ];
  for (const error of values) {
    const result = roundTrip(error);
    assert.equal(Object.getPrototypeOf(result), Object.getPrototypeOf(error));
    assert.deepEqual(Object.entries(result), Object.entries(error));
    assert.deepEqual([result.name, result.message, result.stack], [
      error.name,
      error.message,
      error.stack,
    ]);
  }
  assert.ok(roundTrip(values[4]).cause instanceof errors.Empty);
});

test("an error of an unregistered class arrives as its nearest known base, with its own name", () => {
  class Named extends RangeError {
    override name = "CustomName";
  }
  class ByPrototype extends TypeError {}
  ByPrototype.prototype.name = "PrototypeName";
  class Derived extends errors.TimeoutError {
    extra = 1;
  }
  const payment = roundTrip(new PaymentError("declined", 402));
  assert.equal(Object.getPrototypeOf(payment), Error.prototype);
  assert.deepEqual([payment.name, payment.message, payment.code], [
    "PaymentError",
    "declined",
    402,
  ]);
  assert.deepEqual(Object.keys(payment), ["code"]);
  const named = roundTrip(new Named("x"));
  assert.deepEqual([named.name, Object.getPrototypeOf(named)], [
    "CustomName",
    RangeError.prototype,
  ]);
  const byPrototype = roundTrip(new ByPrototype("x"));
  assert.deepEqual([byPrototype.name, Object.getPrototypeOf(byPrototype)], [
    "PrototypeName",
    TypeError.prototype,
  ]);
  const derived = roundTrip(new Derived("x"));
  assert.deepEqual([derived.extra, Object.getPrototypeOf(derived)], [
    1,
    errors.TimeoutError.prototype,
  ]);
});

test("an error of a built-in class that is missing here arrives as an Error of its name", () => {
  const bytes = encoded(new RangeError("newer"));
  bytes[2 + "RangeError".length] = "x".charCodeAt(0);
  const error = new Decoder().decode(bytes, 0, bytes.length) as Error;
  assert.equal(Object.getPrototypeOf(error), Error.prototype);
  assert.deepEqual([error.name, error.message, Object.keys(error)], ["RangeErrox", "newer", []]);
});

test("an error of an exported class arrives as an instance of it where its module is known", () => {
  class Exported extends PaymentError {
    static {
      Object.defineProperty(this.prototype, "name", { value: "ExportedError" });
    }
  }
  class Derived extends Exported {}
  const trapped = new Proxy(Exported, {
    get: () => {
      throw new RangeError("a trap");
    },
  });
  addExportedErrors("test:exports", {
    Exported,
    trapped,
    Unregistered,
    number: 5,
    error: RangeError,
  });
  const result = roundTrip(new Exported("declined", 402));
  assert.equal(Object.getPrototypeOf(result), Exported.prototype);
  assert.deepEqual([result.message, result.code, Object.keys(result)], ["declined", 402, ["code"]]);
  assert.ok(!Object.hasOwn(result, "name"));
  const derived = roundTrip(new Derived("declined", 402));
  assert.equal(Object.getPrototypeOf(derived), Exported.prototype);
  assert.equal(derived.name, "Derived");
  assert.equal(Object.getPrototypeOf(roundTrip(new RangeError("x"))), RangeError.prototype);
  refusal(new Unregistered());
});

test("an error of an exported class that is not known here arrives as the nearest other", () => {
  class Nameless extends Error {
    static {
      Object.defineProperty(this.prototype, "name", { get: () => "ByGetter" });
      Object.defineProperty(this.prototype, "message", { get: () => "a message" });
    }
  }
  class Base extends RangeError {}
  class Extended extends Base {}
  registerClass("test:codec#Base", Base);
  addExportedErrors("test:known", { Nameless, Extended });
  const values = [new Nameless(), new Nameless(), new Extended("x", { cause: 1 }), [5]];
  const bytes = encoded(values);
  renamed(bytes, "test:known", "test:other");
  const received = new Decoder().decode(bytes, 0, bytes.length) as Error[];
  const [first, second, extended, last] = received;
  for (const error of [first, second]) {
    assert.equal(Object.getPrototypeOf(error), Error.prototype);
    assert.deepEqual([error.name, error.message, Object.keys(error)], [
      "ByGetter",
      "a message",
      [],
    ]);
  }
  assert.equal(Object.getPrototypeOf(extended), Base.prototype);
  assert.deepEqual([extended.name, extended.message, extended.cause], ["Extended", "x", 1]);
  assert.deepEqual(last, [5]);

  // They go on to somebody who knows the class.
  const further = encoded(received);
  renamed(further, "test:other", "test:known");
  const [third, fourth, fifth] = new Decoder().decode(further, 0, further.length) as Error[];
  for (const error of [third, fourth]) {
    assert.equal(Object.getPrototypeOf(error), Nameless.prototype);
    assert.deepEqual([error.name, error.message], ["ByGetter", "a message"]);
    assert.ok(!Object.hasOwn(error, "name") && !Object.hasOwn(error, "message"));
  }
  assert.equal(Object.getPrototypeOf(fifth), Extended.prototype);
  assert.deepEqual([fifth.name, fifth.message, fifth.cause], ["RangeError", "x", 1]);
});

/** Puts one text in the place of another one that has as many letters. */
function renamed(bytes: Uint8Array, from: string, to: string): void {
  const text = String.fromCharCode(...bytes);
  for (let at = text.indexOf(from); at >= 0; at = text.indexOf(from, at + 1)) {
    bytes.set(new TextEncoder().encode(to), at);
  }
}

test("an error of a registered class arrives as an instance of it", () => {
  class Registered extends PaymentError {}
  registerClass("test:codec#Registered", Registered);
  const result = roundTrip(new Registered("declined", 402, { cause: 1 }));
  assert.ok(result instanceof Registered);
  assert.deepEqual([result.message, result.code, result.cause], ["declined", 402, 1]);
  assert.ok(!Object.hasOwn(result, "name"));
  assert.equal(Object.prototype.toString.call(result), "[object Error]");
});

// Classes

test("registered instances keep prototype and fields, and setters do not run", () => {
  class Setter {
    get value(): number {
      return 1;
    }
    set value(_: number) {
      throw new Error("a setter ran");
    }
  }
  registerClass("test:codec#Setter", Setter);
  const point = roundTrip(new Point(3, 4));
  assert.ok(point instanceof Point);
  assert.equal(point.length, 5);
  const value = Object.defineProperty(new Setter(), "value", { value: 2, enumerable: true });
  assert.equal(roundTrip(value).value, 2);
});

test("fields named like what the codec looks at do no harm", () => {
  const point = roundTrip(
    Object.assign(new Point(1, 2), { constructor: "field" }),
  );
  assert.ok(point instanceof Point);
  assert.equal(point.constructor, "field");
  const interval = roundTrip(Object.assign(new Interval(2, 5), { constructor: "field" }));
  assert.equal(interval.size, 3);
});

test("a class with [serialize] and [deserialize] rebuilds its instances by itself", () => {
  const interval = new Interval(3, 10);
  const result = roundTrip([interval, new Interval(1, 2), interval]);
  assert.deepEqual(result.map((each) => each.size), [7, 1, 7]);
  assert.equal(result[0], result[2]);
  assert.ok(result[0] instanceof Interval);
});

test("registerClass() replaces a class under the same key", () => {
  class First {}
  class Second {}
  registerClass("test:codec#Replaced", First);
  registerClass("test:codec#Replaced", Second);
  assert.equal(classOfKey("test:codec#Replaced"), Second);
  assert.equal(keyOfClass(First), undefined);
  assert.equal(keyOfClass(Second), "test:codec#Replaced");
  assert.match(refusal(new First()).message, /register\(import\.meta\.url, \{ First \}\)/);
  assert.ok(roundTrip(new Second()) instanceof Second);
});

test("Decoder.decode() names the class that is not registered", () => {
  class Elsewhere {}
  class Gone {}
  registerClass("test:codec#Elsewhere", Elsewhere);
  const bytes = encoded({ deep: [new Elsewhere()] });
  registerClass("test:codec#Elsewhere", Gone);
  assert.ok(
    (new Decoder().decode(bytes, 0, bytes.length) as { deep: unknown[] }).deep[0] instanceof Gone,
  );
  const text = "test:codec#Elsewhere";
  const at = bytes.findIndex((_, i) =>
    String.fromCharCode(...bytes.subarray(i, i + text.length)) === text
  );
  bytes[at + text.length - 1] = "x".charCodeAt(0);
  const decoder = new Decoder();
  assert.throws(() => decoder.decode(bytes, 0, bytes.length), (error) => {
    assert.ok(error instanceof UnknownClassError && error instanceof errors.SerializationError);
    assert.equal(error.key, "test:codec#Elsewherx");
    return true;
  });
  class Elsewherx {}
  registerClass("test:codec#Elsewherx", Elsewherx);
  assert.ok(
    (decoder.decode(bytes, 0, bytes.length) as { deep: unknown[] }).deep[0] instanceof Elsewherx,
  );
});

test("Decoder.decode() reports what a [deserialize] throws", () => {
  class Picky {
    static [serialize](): unknown {
      return 1;
    }
    static [deserialize](): Picky {
      throw new TypeError("not today");
    }
  }
  registerClass("test:codec#Picky", Picky);
  const bytes = encoded(new Picky());
  damage(bytes, /not today/);
});

// Handles

class Queue {
  id: number;
  constructor(id: number) {
    this.id = id;
  }
}
class ClosedQueue extends Queue {}

const queues = new Map<number, Queue>();
const arena = new SharedArrayBuffer(1024);
const mapped = new ArrayBuffer(64);
const handles: HandleCodec = {
  toHandle(value) {
    if (value instanceof ClosedQueue) throw new Error("the queue is closed");
    if (value instanceof Queue) return { kind: 1, payload: { id: value.id } };
    if (ArrayBuffer.isView(value) && (value.buffer === arena || value.buffer === mapped)) {
      return { kind: 300, payload: [value.byteOffset, value.byteLength] };
    }
    if (value === arena) return { kind: 2, payload: undefined };
    if (typeof value === "function" && value.name === "known") {
      return { kind: 3, payload: value.name };
    }
    return null;
  },
  fromHandle(kind, payload) {
    if (kind === 1) return queues.get((payload as { id: number }).id)!;
    if (kind === 2) return arena;
    if (kind === 3) return known;
    if (kind === 300) return new Uint8Array(arena, ...(payload as [number, number]));
    throw new Error(`no handle of kind ${kind}`);
  },
  sharedBuffer: (buffer) => buffer === mapped,
};

function known(): void {}

test("handles arrive as the same object, once for each object", () => {
  const queue = new Queue(5);
  queues.set(5, queue);
  const result = roundTrip({
    a: queue,
    b: [queue],
    c: new Map([[queue, arena]]),
    d: known,
    e: known,
  }, handles);
  assert.equal(result.a, queue);
  assert.equal(result.b[0], queue);
  assert.equal(result.c.get(queue), arena);
  assert.deepEqual([result.d, result.e], [known, known]);
});

test("views on memory that others know arrive as views on it, others as copies", () => {
  const view = new Uint8Array(arena, 8, 4);
  const result = roundTrip([view, new Uint8Array(mapped, 16, 4), new Uint8Array(4)], handles);
  assert.deepEqual(result.map((each) => each.buffer === arena), [true, true, false]);
  assert.deepEqual([result[0].byteOffset, result[1].byteOffset], [8, 16]);
});

test("a handle that cannot be sent is refused with its reason and path", () => {
  const error = refusal({ work: [new ClosedQueue(1)] }, "args", handles);
  assert.equal(error.path, "args.work[0]");
  assert.match(error.message, /the queue is closed/);
  assert.match(refusal(new SharedArrayBuffer(8), "value", handles).message, /SharedMemory/);
  assert.match(
    refusal([new Uint8Array(new SharedArrayBuffer(8))], "value", handles).message,
    /value\[0\].*SharedMemory/,
  );
});

test("Decoder.decode() reports a handle that is not known here", () => {
  const bytes = new Uint8Array(64);
  new Encoder(handles).encode([arena], bytes, 0, 64);
  damage(bytes, /handle of kind 2/);
});

// Refusals

function* generator(): Generator<number> {
  yield 1;
}

const refused: [string, unknown, string, RegExp][] = [
  ["a function", { f: function work() {} }, "args.f", /function work cannot be sent/],
  ["an arrow function without a name", [[() => 1]], "args[0][0]", /a function without a name/],
  ["a class", [class Some {}], "args[0]", /class Some cannot be sent/],
  ["a symbol", { deep: [Symbol("local")] }, "args.deep[0]", /Symbol\(local\).*Symbol\.for/],
  ["a well-known symbol", [Symbol.iterator], "args[0]", /Symbol\.for/],
  [
    "an unregistered instance",
    [{ user: { socket: new Unregistered() } }],
    "args[0].user.socket",
    /register\(import\.meta\.url, \{ Unregistered \}\)/,
  ],
  ["an instance of a class without a name", [new (class {})()], "args[0]", /class without a name/],
  [
    "an instance of an extended map",
    [new (class Cache extends Map {})()],
    "args[0]",
    /Cache, which is not registered/,
  ],
  ["a promise", [1, Promise.resolve()], "args[1]", /await/],
  ["a WeakMap", { "a b": new WeakMap() }, 'args["a b"]', /WeakMap cannot be sent/],
  ["a WeakSet", { ключ: new WeakSet() }, "args.ключ", /WeakSet cannot be sent/],
  ["a WeakRef", { "1": new WeakRef({}) }, 'args["1"]', /WeakRef cannot be sent/],
  ["a generator", new Map([["k\n", generator()]]), 'args.get("k\\n")', /Generator cannot be sent/],
  ["an iterator", new Map([[1, [].values()]]), "args.get(1)", /Iterator cannot be sent/],
  ["a map's value under a big integer", new Map([[5n, () => 1]]), "args.get(5n)", /function/],
  [
    "a map's value under undefined",
    new Map([[undefined, () => 1]]),
    "args.get(undefined)",
    /function/,
  ],
  [
    "a map's value under an object",
    new Map([[{}, 1], [{}, () => 1] as never]),
    "args.values()[1]",
    /function/,
  ],
  ["a map's key", new Map([[1, 1], [() => 1, 1] as never]), "args.keys()[1]", /function/],
  ["in a set", new Set([1, new Set([2, () => 1])]), "args.values()[1].values()[1]", /function/],
  ["in an array with holes", Object.assign(new Array(3), { 2: () => 1 }), "args[2]", /function/],
  [
    "under an array's named key",
    Object.assign(["x"], { extra: () => 1 }),
    "args.extra",
    /function/,
  ],
  [
    "in a cause",
    [new Error("e", { cause: new Error("c", { cause: () => 1 }) })],
    "args[0].cause.cause",
    /function/,
  ],
  ["in an AggregateError", new AggregateError([1, () => 1]), "args.errors[1]", /function/],
  [
    "in an error's field",
    Object.assign(new Error("e"), { request: new Unregistered() }),
    "args.request",
    /Unregistered/,
  ],
  ["in a registered instance", [new Point(1, (() => 1) as never)], "args[0].y", /function/],
  ["a SharedArrayBuffer", { s: new SharedArrayBuffer(1) }, "args.s", /SharedMemory/],
  [
    "a view on a SharedArrayBuffer",
    { s: new Int32Array(new SharedArrayBuffer(4)) },
    "args.s",
    /SharedMemory/,
  ],
  ["a detached buffer", [detached()], "args[0]", /detached/],
  ["a view on a detached buffer", [viewOnDetached()], "args[0]", /detached/],
  [
    "an object with a prototype of its own",
    [Object.create({ inherited: 1 })],
    "args[0]",
    /prototype of its own/,
  ],
  ["a Blob", [new Blob([])], "args[0]", /Blob cannot be sent/],
  ["a ReadableStream", [new ReadableStream()], "args[0]", /ReadableStream cannot be sent/],
  ["a MessagePort", [port()], "args[0]", /MessagePort/],
  ["the value itself", () => 1, "args", /function/],
  ["what only looks like a map", [Object.create(Map.prototype)], "args[0]", /reading it failed/],
];

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

function viewOnDetached(): Uint8Array {
  const view = new Uint8Array(8);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

function port(): object {
  const channel = new MessageChannel();
  channel.port1.close();
  channel.port2.close();
  return channel.port1;
}

for (const [name, value, path, message] of refused) {
  test(`Encoder.encode() refuses ${name}, with the path to it`, () => {
    const error = refusal(value, "args");
    assert.equal(error.path, path);
    assert.match(error.message, message);
  });
}

test("Encoder.encode() calls the value `value` unless it is told better", () => {
  assert.equal(refusal([() => 1]).path, "value[0]");
});

test("Encoder.encode() is usable after a refusal", () => {
  const encoder = new Encoder();
  const bytes = new Uint8Array(100);
  for (let i = 0; i < 3; i++) {
    assert.throws(
      () => encoder.encode([{ a: [() => 1] }], bytes, 0, 100),
      errors.SerializationError,
    );
    const end = encoder.encode([{ a: [1] }], bytes, 0, 100);
    assert.deepEqual(new Decoder().decode(bytes, 0, end), [{ a: [1] }]);
  }
});

test("what a getter throws is the cause of the refusal", () => {
  const cause = new RangeError("out of tea");
  const value = {
    deep: [{
      get tea(): never {
        throw cause;
      },
    }],
  };
  const error = refusal(value, "args");
  assert.equal(error.path, "args.deep[0].tea");
  assert.match(error.message, /out of tea/);
  assert.equal(error.cause, cause);
  assert.ok(!Object.keys(error).includes("cause"));
});

test("a registered class that extends a built-in one needs [serialize]", () => {
  class Cache extends Map<string, number> {}
  registerClass("test:codec#Cache", Cache);
  assert.match(refusal([new Cache()], "args").message, /args\[0\].*\[serialize\]/);
});

test("a [serialize] without a [deserialize], and data that contains its own object, are refused", () => {
  class OneWay {
    static [serialize](): unknown {
      return 1;
    }
  }
  class Selfish {
    static [serialize](instance: Selfish): unknown {
      return { instance };
    }
    static [deserialize](): Selfish {
      return new Selfish();
    }
  }
  registerClass("test:codec#OneWay", OneWay);
  registerClass("test:codec#Selfish", Selfish);
  assert.match(refusal(new OneWay()).message, /no static \[deserialize\]/);
  assert.equal(refusal([new Selfish()], "args").path, "args[0].instance");
});

test("a collection that changes while it is read is refused", () => {
  const map = new Map<unknown, unknown>();
  map.set("grow", {
    get it() {
      return map.set({}, 1).size;
    },
  });
  assert.match(refusal(map).message, /changed while it was read/);
  const set = new Set<unknown>();
  const clear = {
    get it() {
      return set.clear();
    },
  };
  assert.throws(() => encoded(set.add(clear).add(1)), /changed while it was read/);
});

// Depth

const wraps: [string, (inner: unknown) => unknown][] = [
  ["arrays", (inner) => [inner]],
  ["objects", (inner) => ({ inner })],
  ["maps", (inner) => new Map([["k", inner]])],
  ["sets", (inner) => new Set([inner])],
];

for (const [name, wrap] of wraps) {
  test(`1,000 nested ${name} cross, more are refused on both sides`, () => {
    roundTrip(nested(1000, wrap));
    for (const depth of [1001, 5000, 1_000_000]) {
      assert.match(refusal(nested(depth, wrap), "args").message.slice(-60), /nested too deeply/);
    }
  });
}

test("the path to what is nested too deeply is shortened", () => {
  const { path } = refusal(nested(3000, (inner) => [inner]), "args");
  assert.equal(path, `args${"[0]".repeat(25)}…${"[0]".repeat(25)}`);
});

test("the end of the stack is reported like too deep a nesting", () => {
  const value = nested(900, (inner) => ({ inner }));
  const bytes = encoded(value);
  // Looked at where there is stack again: an assertion needs some, too.
  const failures: unknown[] = [];
  const attempt = (use: () => unknown): void => {
    try {
      use();
      fine++;
    } catch (error) {
      failures.push(error);
    }
  };
  let fine = 0;
  const recurse = (frames: number): number => frames === 0 ? 0 : 1 + recurse(frames - 1);
  const descend = (frames: number): void => {
    if (frames % 250 === 0) {
      // Where there is no stack for a call itself, it cannot tell either.
      recurse(100);
      attempt(() => new Encoder().measure(value));
      attempt(() => new Decoder().decode(bytes, 0, bytes.length));
    }
    descend(frames + 1);
  };
  assert.throws(() => descend(0), RangeError);
  assert.ok(fine > 0 && failures.length > 0);
  for (const error of failures) {
    assert.ok(error instanceof errors.SerializationError, String(error));
    assert.match(error.message, /nested too deeply|call stack/);
  }
});

test("Decoder.decode() refuses nesting that no encoder writes", () => {
  const bytes = encoded([[1]]);
  const deep = new Uint8Array(2 * 1_000_000 + 1);
  for (let i = 0; i < deep.length - 1; i++) deep[i] = bytes[i % 2];
  damage(deep, /nesting/);
});

// The same coder, while it is in use

test("a getter and a [deserialize] may use the coder that calls them", () => {
  const encoder = new Encoder();
  const decoder = new Decoder();
  const inner = new Uint8Array(100);
  class Nested {
    static [serialize](): unknown {
      const end = encoder.encode({ inner: ["x", "x"] }, inner, 0, 100);
      return inner.slice(0, end);
    }
    static [deserialize](data: Uint8Array): Nested {
      return Object.assign(new Nested(), decoder.decode(data, 0, data.length));
    }
  }
  registerClass("test:codec#Nested", Nested);
  const shared = { shared: 1 };
  const bytes = new Uint8Array(1000);
  const value = [shared, new Nested(), {
    get size() {
      return encoder.measure("1234");
    },
  }, shared];
  const end = encoder.encode(value, bytes, 0, 1000);
  const result = decoder.decode(bytes, 0, end) as [
    object,
    { inner: string[] },
    { size: number },
    object,
  ];
  assert.deepEqual(result[1].inner, ["x", "x"]);
  assert.equal(result[2].size, 6);
  assert.equal(result[0], result[3]);
});

test("built-in objects of another realm are ours", () => {
  const source =
    "({ map: new Map([[1, [2]]]), error: new RangeError('far'), date: new Date(5), bytes: new Uint8Array([1]) })";
  const value = vm.runInNewContext(source);
  assert.notEqual(Object.getPrototypeOf(value), Object.prototype, "it is of another realm");
  const result = roundTrip(value);
  assert.deepEqual(result.map, new Map([[1, [2]]]));
  assert.ok(result.error instanceof RangeError);
  assert.ok(!Object.hasOwn(result.error, "name"));
  assert.deepEqual([result.date, result.bytes], [new Date(5), new Uint8Array([1])]);
  const foreign = vm.runInNewContext("class Map {}; new Map()");
  assert.match(refusal(foreign).message, /Map, which is not registered/);
});

// Damage

test("Decoder.decode() refuses every message that is cut", () => {
  const value = [
    1,
    "two",
    { three: [3.5, 300, 70000] },
    new Map([[1, new Set(["x"])]]),
    new Float64Array(3),
    new Error("e"),
    5n,
  ];
  const bytes = encoded(value);
  for (let size = 0; size < bytes.length; size++) damage(bytes.subarray(0, size));
});

test("Decoder.decode() refuses what no encoder writes, and allocates nothing for it", () => {
  const huge = [0xff, 0xff, 0xff, 0xff, 0x0f];
  damage(new Uint8Array(), /ends too early/);
  damage(new Uint8Array([0xff]), /unknown tag/);
  damage(new Uint8Array([0x8e, 0]), /reference/);
  damage(new Uint8Array([0x8f, 1, 0x8e, 1]), /reference/);
  for (const tag of [0x8c, 0x8f, 0x91, 0x92, 0x94, 0x95, 0x9a]) {
    damage(new Uint8Array([tag, ...huge, 1, 2, 3]), /length/);
  }
  damage(new Uint8Array([0x90, 4, ...huge]), /length/);
  damage(new Uint8Array([0x8b, 0xff, 0xff, 0xff, 0xff, 65]), /ends too early/);
  damage(new Uint8Array([0x8b, 2, 0, 0, 0, 0xc3, 0x28]), /UTF-8/);
  damage(
    new Uint8Array([0x8f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    /too large/,
  );
  damage(new Uint8Array([0x9c, 99, 0]), /view of an unknown kind/);
  damage(new Uint8Array([0x9d, 2, 0, 0, 1]), /buffer is missing/);
  damage(new Uint8Array([0x9c, 9, 3, 0, 0, 0, 0, 0, 1, 2, 3]), /rebuild/);
  damage(new Uint8Array([0x98, 0x81]), /primitive/);
  damage(new Uint8Array([0x98, 0x8e, 0]), /reference/);
  damage(new Uint8Array([0x89, 0x8a, 1, 0x20]), /no number/);
  damage(new Uint8Array([0x97, 0x8a, 1, 0x28, 0x8a, 0]), /rebuild/);
  damage(new Uint8Array([0x93, 1]), /shape/);
  damage(new Uint8Array([0xa1, 1]), /class/);
});

test("Decoder.decode() takes no memory for what a message only claims", () => {
  const before = process.memoryUsage().rss;
  const holes = Array.from(
    { length: 5 },
    () => new Decoder().decode(new Uint8Array([0x90, 0x80, 0xc0, 0xa4, 0x0e, 0]), 0, 6),
  );
  assert.equal((holes[0] as unknown[]).length, 29_958_144);
  // Arrays in arrays, each of which claims to be as long as the rest of the message.
  const nest = new Uint8Array(1 << 20).fill(0xff);
  const level = new Uint8Array([0x8f, 0x80, 0x80, 0x3f]);
  for (let i = 0; i < 999; i++) nest.set(level, 4 * i);
  damage(nest, /unknown tag/);
  const grown = process.memoryUsage().rss - before;
  assert.ok(grown < 2 ** 28, `it grew by ${grown} bytes`);
});

test("Decoder.decode() is usable after damage", () => {
  const decoder = new Decoder();
  const bytes = encoded([{ a: 1 }, { a: 2 }]);
  for (let i = 0; i < 3; i++) {
    assert.throws(() => decoder.decode(bytes, 0, bytes.length - 1), errors.SerializationError);
    assert.deepEqual(decoder.decode(bytes, 0, bytes.length), [{ a: 1 }, { a: 2 }]);
  }
});
