/**
 * The codec under random values and random damage. `CODEC_FUZZ_SEED` repeats a run or starts
 * another; a failure names its seed.
 *
 * @module
 */

import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { Decoder } from "../../src/codec/decode.ts";
import { Encoder } from "../../src/codec/encode.ts";
import type { HandleCodec } from "../../src/codec/handles.ts";
import { deserialize, registerClass, serialize } from "../../src/codec/registry.ts";
import { SerializationError } from "../../src/errors.ts";

const SEED = Number(process.env.CODEC_FUZZ_SEED ?? 20_260_801);
const ROUND_TRIPS = 10_000;
const DAMAGED = 200_000;
const SIZE = 1 << 16;

/** A small generator of random numbers (mulberry32) and what is made of them. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 to 1, without 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  times<T>(limit: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.below(limit) }, (_, index) => make(index));
  }
}

class Point {
  x: unknown;
  y: unknown;
  constructor(x: unknown, y: unknown) {
    this.x = x;
    this.y = y;
  }
}

class Box {
  content: unknown;
  constructor(content: unknown) {
    this.content = content;
  }
  static [serialize](box: Box): unknown {
    return [box.content];
  }
  static [deserialize](data: [unknown]): Box {
    return new Box(data[0]);
  }
}

class FuzzError extends TypeError {
  detail: unknown = 1;
}

class Handle {
  readonly id: number;
  constructor(id: number) {
    this.id = id;
  }
}

registerClass("fuzz#Point", Point);
registerClass("fuzz#Box", Box);
registerClass("fuzz#FuzzError", FuzzError);

const handles = Array.from({ length: 4 }, (_, id) => new Handle(id));
const codec: HandleCodec = {
  toHandle: (value) => value instanceof Handle ? { kind: 7, payload: [value.id] } : null,
  fromHandle: (kind, payload) => {
    const handle = kind === 7 && Array.isArray(payload) ? handles[payload[0]] : undefined;
    if (handle === undefined) throw new Error("no such handle");
    return handle;
  },
  sharedBuffer: () => false,
};

const views = [
  Uint8Array,
  Int16Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  Uint8ClampedArray,
] as const;
const numbers = [
  0,
  -0,
  1,
  -1,
  127,
  128,
  -129,
  65536,
  2 ** 31,
  -(2 ** 31),
  0.1,
  NaN,
  Infinity,
  2 ** 60,
];
const alphabet = [
  "a",
  "b",
  "_",
  " ",
  "é",
  "ÿ",
  "\0",
  "日",
  "😀",
  "\ud800",
  "\udc00",
  "0",
  "__proto__",
];
const addresses = ["https://a.example/b?c#d", "data:,x", "file:///tmp/é"];
const flags = ["", "g", "giu", "dms"];

/**
 * Makes random values; every now and then one that it has made before, which may be one that it is
 * still making.
 */
class Values {
  readonly #dice: Dice;
  readonly #made: object[] = [];

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  any(depth: number): unknown {
    const dice = this.#dice;
    if (this.#made.length > 0 && dice.below(8) === 0) return dice.pick(this.#made);
    return depth > 0 && dice.below(3) > 0 ? this.#container(depth - 1) : this.#leaf();
  }

  #leaf(): unknown {
    const dice = this.#dice;
    const makers = [
      () => dice.pick(numbers),
      () => dice.below(1000) - 500,
      () => dice.next() * 1e6,
      () => this.#text(),
      () => dice.pick([undefined, null, true, false]),
      () => BigInt(dice.below(2 ** 31)) ** BigInt(dice.below(9)) * dice.pick([1n, -1n]),
      () => Symbol.for(this.#text()),
      () => this.#keep(new Date(dice.pick(numbers))),
      () => this.#keep(new RegExp("a+[b-d]", dice.pick(flags))),
      () => this.#keep(new URL(dice.pick(addresses))),
      () => this.#keep(Object(dice.pick([1, -0, "boxed", true, 5n]))),
      () => dice.pick(handles),
      () => this.#view(),
      () => this.#keep(dice.times(20, () => dice.pick(numbers))),
      () => this.#keep(dice.times(20, () => dice.below(2 ** 32) | 0)),
    ];
    return dice.pick(makers)();
  }

  #container(depth: number): unknown {
    const dice = this.#dice;
    const makers = [
      () => this.#fill(this.#keep<unknown[]>([]), (array) => array.push(this.any(depth))),
      () =>
        this.#fill(this.#keep<unknown[]>([]), (array) => array[dice.below(30)] = this.any(depth)),
      // The string is there because an array of nothing but numbers loses its named keys.
      () =>
        this.#fill(
          this.#keep<object>([""]),
          (array) => this.#set(array, `k${this.#text()}`, this.any(depth)),
        ),
      () =>
        this.#fill(this.#keep({}), (object) => this.#set(object, this.#text(), this.any(depth))),
      () => this.#fill(this.#keep(new Map()), (map) => map.set(this.any(depth), this.any(depth))),
      () => this.#fill(this.#keep(new Set()), (set) => set.add(this.any(depth))),
      () => this.#error(depth),
      () => {
        const point = this.#keep(new Point(0, 0));
        point.x = this.any(depth);
        return point;
      },
      // What stands for a box must not lead back to it: its data is made first, of nothing that is
      // still being made.
      () => this.#keep(new Box(new Values(dice).any(depth))),
      () => dice.times(20, (id) => ({ id, name: this.#text(), value: this.any(depth - 1) })),
    ];
    return dice.pick(makers)();
  }

  #error(depth: number): Error {
    const dice = this.#dice;
    const Class = dice.pick([Error, RangeError, SyntaxError, FuzzError]);
    const error = this.#keep(new Class(this.#text()));
    if (dice.below(2) === 0) error.cause = this.any(depth);
    if (dice.below(2) === 0) this.#set(error, "field", this.any(depth));
    return error;
  }

  #view(): object {
    const dice = this.#dice;
    const buffer = this.#keep(new ArrayBuffer(8 * dice.below(6)));
    new Uint8Array(buffer).forEach((_, index, bytes) => bytes[index] = dice.below(256));
    const View = dice.pick(views);
    const view = this.#keep(new View(buffer, dice.below(2) * dice.pick([0, buffer.byteLength])));
    return dice.below(3) === 0 ? this.#keep(new DataView(buffer)) : view;
  }

  #fill<T extends object>(container: T, add: (container: T) => void): T {
    for (let left = this.#dice.below(5); left > 0; left--) add(container);
    return container;
  }

  #set(object: object, key: string, value: unknown): void {
    Object.defineProperty(object, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }

  #text(): string {
    return this.#dice.times(this.#dice.pick([3, 8, 60]), () => this.#dice.pick(alphabet)).join("");
  }

  #keep<T extends object>(object: T): T {
    this.#made.push(object);
    return object;
  }
}

/**
 * Where two values differ in kind, content, key order, holes or which objects are one; "" when they
 * do not.
 */
function difference(
  one: unknown,
  other: unknown,
  path: string = "value",
  pairs: Map<unknown, unknown> = new Map(),
): string {
  if (typeof one !== "object" || one === null || one instanceof Handle) {
    return Object.is(one, other) ? "" : path;
  }
  if (pairs.has(one)) return pairs.get(one) === other ? "" : `${path}: another object`;
  pairs.set(one, other);
  if (typeof other !== "object" || other === null) return path;
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return `${path}: its prototype`;
  if (!sameKeys(one, other)) return `${path}: its keys`;
  const parts = partsOf(one);
  const others = partsOf(other);
  if (parts.length !== others.length) return `${path}: its size`;
  for (let i = 0; i < parts.length; i++) {
    const found = difference(parts[i], others[i], `${path}/${i}`, pairs);
    if (found !== "") return found;
  }
  return "";
}

function sameKeys(one: object, other: object): boolean {
  if (ArrayBuffer.isView(one)) return true;
  const [keys, others] = [Object.keys(one), Object.keys(other)];
  return keys.length === others.length && keys.every((key, index) => key === others[index]);
}

/** Everything that a value consists of, in order. */
function partsOf(value: object): unknown[] {
  if (
    value instanceof Date || value instanceof Number || value instanceof String ||
    value instanceof Boolean
  ) {
    return [value.valueOf()];
  }
  if (value instanceof BigInt) return [value.valueOf()];
  if (value instanceof RegExp || value instanceof URL) return [String(value)];
  if (value instanceof ArrayBuffer) return [...new Uint8Array(value)];
  if (value instanceof DataView) {
    return [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)];
  }
  if (ArrayBuffer.isView(value)) return [...value as Uint8Array];
  const fields = Object.keys(value).map((key) => (value as Record<string, unknown>)[key]);
  if (value instanceof Map) return [...value.keys(), ...value.values(), ...fields];
  if (value instanceof Set) return [...value, ...fields];
  if (value instanceof Error) {
    return [
      value.name,
      value.message,
      value.stack,
      Object.hasOwn(value, "cause"),
      value.cause,
      ...fields,
    ];
  }
  if (Array.isArray(value)) return [value.length, ...fields];
  return fields;
}

function withSeed<T>(round: number, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new Error(`Failed in round ${round} with CODEC_FUZZ_SEED=${SEED}`, { cause: error });
  }
}

test("Encoder and Decoder bring back random values", { timeout: 60_000 }, () => {
  const dice = new Dice(SEED);
  const encoder = new Encoder(codec);
  const decoder = new Decoder(codec);
  const memories = [new Uint8Array(SIZE), new Uint8Array(new SharedArrayBuffer(SIZE))];
  let fitting = 0;
  for (let round = 0; round < ROUND_TRIPS; round++) {
    withSeed(round, () => {
      const value = new Values(dice).any(4);
      const bytes = dice.pick(memories);
      const end = encoder.encode(value, bytes, 0, SIZE);
      const size = encoder.needed;
      assert.equal(encoder.measure(value), size);
      if (end < 0) return;
      fitting++;
      assert.equal(end, size);
      const result = decoder.decode(bytes, 0, end);
      assert.equal(difference(value, result), "");
      assert.equal(encoder.measure(result), size, "what comes back needs the same space");
    });
  }
  assert.ok(fitting > ROUND_TRIPS * 0.9, "nearly all values fit");
});

const guarded: object[] = [
  Object,
  Array,
  Map,
  Set,
  Error,
  RegExp,
  Date,
  Function,
  Uint8Array,
  Point,
  Box,
].map((each) => each.prototype);

function prototypes(): string {
  return JSON.stringify(guarded.map((prototype) => Reflect.ownKeys(prototype).map(String)));
}

/** Damages a message; `other` is where pieces are taken from. Returns the new length. */
function mutate(dice: Dice, bytes: Uint8Array, length: number, other: Uint8Array): number {
  const at = dice.below(length);
  const size = Math.min(dice.below(16), length - at);
  switch (dice.below(8)) {
    case 0:
      bytes[at] ^= 1 << dice.below(8);
      return length;
    case 1:
      bytes[at] = dice.below(256);
      return length;
    case 2: // a tag
      bytes[at] = 0x80 + dice.below(0x26);
      return length;
    case 3:
      return at;
    case 4: // a piece of another message
      bytes.set(other.subarray(0, size), at);
      return length;
    case 5: // a piece of the same message elsewhere
      bytes.copyWithin(dice.below(length - size + 1), at, at + size);
      return length;
    case 6: // a huge number
      bytes.fill(0xff, at, at + size);
      if (size > 0) bytes[at + size - 1] = dice.below(128);
      return length;
    default: // a gap
      bytes.copyWithin(at, at + size, length);
      return length - size;
  }
}

test("Decoder.decode() takes damaged messages or refuses them with a SerializationError", {
  timeout: 60_000,
}, () => {
  const dice = new Dice(SEED + 1);
  const encoder = new Encoder(codec);
  const decoder = new Decoder(codec);
  const bytes = new Uint8Array(SIZE);
  const messages = sampleMessages(dice, encoder);
  const before = prototypes();
  const memory = process.memoryUsage().rss;
  const outcomes = { taken: 0, refused: 0 };
  for (let round = 0; round < DAMAGED; round++) {
    withSeed(round, () => {
      const message = dice.pick(messages);
      bytes.set(message);
      let length = message.length;
      for (let count = 1 + dice.below(4); count > 0 && length > 0; count--) {
        length = mutate(dice, bytes, length, dice.pick(messages));
      }
      try {
        decoder.decode(bytes, 0, length);
        outcomes.taken++;
      } catch (error) {
        assert.ok(
          error instanceof SerializationError,
          `not a SerializationError but ${String(error)}`,
        );
        outcomes.refused++;
      }
      if (round % 5000 === 0) assert.equal(prototypes(), before, "the prototypes are clean");
    });
  }
  assert.equal(prototypes(), before, "the prototypes are clean");
  assert.ok(outcomes.taken > 1000 && outcomes.refused > 1000, JSON.stringify(outcomes));
  const grown = process.memoryUsage().rss - memory;
  assert.ok(grown < 2 ** 29, `the memory stays bounded, it grew by ${grown} bytes`);
});

function sampleMessages(dice: Dice, encoder: Encoder): Uint8Array[] {
  const messages: Uint8Array[] = [];
  const buffer = new Uint8Array(SIZE);
  while (messages.length < 300) {
    const end = encoder.encode(new Values(dice).any(3), buffer, 0, 2000);
    if (end > 4) messages.push(buffer.slice(0, end));
  }
  return messages;
}

test("Decoder.decode() takes random bytes or refuses them with a SerializationError", {
  timeout: 60_000,
}, () => {
  const dice = new Dice(SEED + 2);
  const decoder = new Decoder(codec);
  for (let round = 0; round < 20_000; round++) {
    withSeed(round, () => {
      // Tags are favoured, or nearly every message would end at its first byte.
      const bytes = Uint8Array.from(
        { length: dice.below(40) },
        () => dice.below(2) === 0 ? dice.below(256) : 0x80 + dice.below(0x26),
      );
      try {
        decoder.decode(bytes, 0, bytes.length);
      } catch (error) {
        assert.ok(
          error instanceof SerializationError,
          `not a SerializationError but ${String(error)}`,
        );
      }
    });
  }
});
