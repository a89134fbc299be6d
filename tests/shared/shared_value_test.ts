/** `Value`, `Array` and their raw forms: types, typed array behaviour, and the same memory everywhere. */

import assert from "node:assert/strict";
import { RawSharedValue, SharedValue } from "../../mod.ts";
import { addLocked, addMany, makeArray, passOn, setLater } from "../fixtures/shared_targets.ts";
import { mp, runToEnd } from "../support/children.ts";
import { conform } from "../support/conform.ts";

const CODES = ["b", "B", "h", "H", "i", "I", "f", "d"] as const;

conform("Value() wraps integers and rounds floats as Python does", (note) => {
  const stored = CODES.map((code) => mp.Value(code, 300).value);
  assert.deepEqual(stored, [44, 44, 300, 300, 300, 300, 300, 300]);
  assert.equal(mp.Value("i", 2 ** 40).value, 0);
  assert.equal(mp.Value("b", -129).value, 127);
  assert.equal(mp.Value("q", 5 as never).value, 5n);
  assert.equal(mp.Value("uint64", -1n).value, 2n ** 64n - 1n);
  assert.equal(mp.Value("f", 0.1).value, Math.fround(0.1));
  assert.equal(mp.Value("bool", true).value, true);
  assert.equal(mp.Value("u", "ä").value, "ä");
  assert.deepEqual([...mp.Value("c", 65).value], [65]);
  note([stored, mp.Value("d").value, mp.Value("bool").value, mp.Value("l").value]);
});

conform("Value() and Array() know every name and every code of Python", (note) => {
  const types = {
    int8: "b",
    uint8: "B",
    int16: "h",
    uint16: "H",
    int32: "i",
    uint32: "I",
    int64: "q",
    uint64: "Q",
    float32: "f",
    float64: "d",
  } as const;
  const pairs = [...Object.entries(types), ["int64", "l"], ["uint64", "L"]] as [
    keyof typeof types,
    (typeof types)["int8"],
  ][];
  const seen = pairs.map(([name, code]) => {
    const [named, coded] = [mp.Array(name, [1, 2]), mp.Array(code, [1, 2])];
    assert.deepEqual([...named], [...coded]);
    assert.equal(named[Symbol.toStringTag], coded[Symbol.toStringTag]);
    assert.equal(mp.Value(name, 3).value, mp.Value(code, 3).value);
    assert.equal(mp.RawValue(name, -1).value, mp.RawValue(code, -1).value);
    assert.deepEqual([...mp.RawArray(name, 2)], [...mp.RawArray(code, 2)]);
    return [
      name,
      code,
      named[Symbol.toStringTag],
      named.BYTES_PER_ELEMENT,
      mp.Value(code, 3).value,
    ];
  });
  note(seen);
  const others = (["bool", "c", "u"] as const).map((type) => mp.Array(type, 2));
  note(others.map((array) => [array[Symbol.toStringTag], array.BYTES_PER_ELEMENT]));
  assert.deepEqual(others.map((array) => array.length), [2, 2, 2]);
});

conform("Array() refuses what this machine has no memory for, before it takes any", () => {
  assert.throws(() => mp.Array("b", 2 ** 42), { name: "NotSupportedError" });
  assert.throws(() => mp.RawArray("d", 2 ** 39), { name: "NotSupportedError" });
});

conform("Value() refuses unknown types and wrong values, and stays as it was", (note) => {
  const value = mp.Value("i", 7);
  const attempts: (() => unknown)[] = [
    () => mp.Value("x" as "i", 0),
    () => mp.Value("i", 1.5),
    () => (value.value = "1" as never),
    () => mp.Value("d", "1" as never),
    () => mp.Value("c", 256),
    () => mp.Value("u", "ab"),
    () => mp.Value("i", 0, { lock: 5 as never }),
    () => mp.Array("i", -1),
    () => mp.Array("i", [1, 1.5]),
    () => mp.Array("i", null as never),
    () => mp.Array("i", 2 ** 53),
    () => mp.Array("i", 1, null as never),
    () => mp.Array("i", 1, { locks: false } as never),
    () => mp.Value("i", 0, "x" as never),
    () => mp.Value("i", 0, { lock: "yes" as never }),
  ];
  const texts = attempts.map((attempt) => {
    try {
      return `no error: ${attempt()}`;
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  });
  assert.equal(value.value, 7);
  assert.ok(texts.every((text) => /^(Type|Range)Error/.test(text)), texts.join("\n"));
  note(texts);
});

conform("Value() has a lock, unless it is told not to", async (note) => {
  const lock = new mp.Lock();
  assert.equal(mp.Value("i", 0, { lock }).getLock(), lock);
  const value = mp.Value("i", 0);
  assert.equal(value.getLock(), value.getLock());
  assert.equal(await value.getLock().acquire(), true);
  value.getLock().release();
  const raw = mp.RawValue("i", 1);
  assert.ok(raw instanceof RawSharedValue && !(raw instanceof SharedValue));
  note([
    "getLock" in raw,
    "getLock" in mp.RawArray("i", 1),
    "getLock" in mp.Value("i", 0, { lock: false }),
  ]);
});

conform("Array() is a real typed array", (note) => {
  const array = mp.Array("d", [1, 2, 3]);
  assert.ok(array instanceof Float64Array && ArrayBuffer.isView(array));
  array.set([9], 2);
  array.subarray(1)[0] = 5;
  assert.deepEqual([...array], [1, 5, 9]);
  const copy = array.slice();
  copy[0] = 100;
  assert.equal(array[0], 1);
  assert.equal(copy.constructor, Float64Array);
  assert.equal(array.subarray(1).subarray(1)[0], 9);
  assert.equal(mp.Array("i", 0).length, 0);
  assert.deepEqual([...mp.Array("q", [1 as never, 2n])], [1n, 2n]);
  note([
    [...array.map((x) => x * 2)],
    array.length,
    array.byteLength,
    mp.Array("bool", [true, false]).join(),
  ]);
});

conform("Array() of chars has value and raw", (note) => {
  const array = mp.Array("c", 5);
  array.value = new TextEncoder().encode("abc");
  assert.deepEqual([...array.value], [97, 98, 99]);
  assert.deepEqual([...array.raw], [97, 98, 99, 0, 0]);
  assert.throws(() => (array.value = new Uint8Array(6)), RangeError);
  const text = mp.Array("u", 4);
  text.value = "aö𝄞";
  note([text.value, [...array.raw]]);
});

conform("two processes add to one array, and nothing is lost", async (note) => {
  const array = mp.RawArray("int32", 2);
  const children = [1, 2].map(() => new mp.Process({ target: addMany, args: [array, 100_000] }));
  await Promise.all(children.map((child) => runToEnd(child)));
  note(array[0]);
  assert.equal(array[0], 200_000);
});

conform("Value().getLock() is one lock in all processes", async (note) => {
  const value = mp.Value("i", 0);
  const children = [1, 2].map(() => new mp.Process({ target: addLocked, args: [value, 200] }));
  const codes = await Promise.all(children.map((child) => runToEnd(child)));
  note([codes, value.value]);
  assert.equal(value.value, 400);
});

conform("an array reaches grandchildren, and a locked one a pool", async (note) => {
  const array = mp.RawArray("int32", 2);
  await runToEnd(new mp.Process({ target: passOn, args: [array] }));
  const floats = mp.Array("d", [1]);
  await using pool = new mp.Pool(1);
  await pool.apply(setLater, [floats]);
  note([[...array], floats[0]]);
  assert.deepEqual([...array], [5, 1]);
});

conform("views, subarrays and nested values arrive as the same memory", async (note) => {
  const array = mp.RawArray("int32", [1, 2, 3, 4]);
  const view = new DataView(array.buffer, array.byteOffset + 8, 8);
  const plain = new Int32Array(array.buffer, array.byteOffset, 1);
  await using pool = new mp.Pool(1);
  const change = (given: { deep: [Int32Array, DataView]; plain: Int32Array }) => {
    given.deep[0][0] = 20;
    given.deep[1].setInt32(4, 40, true);
    given.plain[0] = 10;
    return given.deep[0];
  };
  const back = await pool.apply(change, [{ deep: [array.subarray(1, 2), view], plain }]);
  back[0]++;
  note([...array]);
  assert.deepEqual([...array], [10, 21, 3, 40]);
});

conform("an array outlives the worker that created it", async (note) => {
  let array: Int32Array;
  {
    await using pool = new mp.Pool(1);
    array = await pool.apply(makeArray, [[1, 2, 3]]);
  }
  await using pool = new mp.Pool(1);
  await pool.apply(addMany, [array, 3]);
  note([...array]);
  assert.deepEqual([...array], [4, 2, 3]);
});

conform("20,000 values need neither 20,000 descriptors nor much memory", (note) => {
  const values = Array.from({ length: 20_000 }, (_, index) => mp.Value("i", index));
  assert.ok(values.every((value, index) => value.value === index));
  note(values.length);
});
