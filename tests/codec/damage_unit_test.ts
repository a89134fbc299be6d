/**
 * Bytes that no encoder writes: refused with an error, and no memory is taken for what they
 * only claim.
 *
 * @module
 */

import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { Decoder } from "../../src/codec/decode.ts";
import * as errors from "../../src/errors.ts";
import { damage, encoded } from "../support/codec.ts";

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
