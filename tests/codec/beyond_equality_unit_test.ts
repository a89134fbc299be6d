/**
 * What an arrived value has besides being equal: the sign of zero, holes, prototypes, and
 * that what is one object stays one.
 *
 * @module
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import * as vm from "node:vm";
import { Point } from "../fixtures/codec_classes.ts";
import { protoKey, refusal, roundTrip } from "../support/codec.ts";

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
