/**
 * Deep nesting: how deep values may be, and that the end of the stack is reported like too
 * deep a nesting.
 *
 * @module
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Decoder } from "../../src/codec/decode.ts";
import { Encoder } from "../../src/codec/encode.ts";
import * as errors from "../../src/errors.ts";
import { damage, encoded, refusal, roundTrip } from "../support/codec.ts";

function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = wrap(value);
  return value;
}

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
