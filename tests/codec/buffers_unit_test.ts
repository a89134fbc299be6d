/**
 * Buffers and views on them: which bytes they bring, and which of them share memory again.
 *
 * @module
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { Decoder } from "../../src/codec/decode.ts";
import { Encoder } from "../../src/codec/encode.ts";
import { roundTrip } from "../support/codec.ts";

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
