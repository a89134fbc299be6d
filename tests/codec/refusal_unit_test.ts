/**
 * What cannot be sent: refused with the reason and the path to it, and the encoder is as good as
 * before.
 *
 * @module
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Decoder } from "../../src/codec/decode.ts";
import { Encoder } from "../../src/codec/encode.ts";
import { deserialize, registerClass, serialize } from "../../src/codec/registry.ts";
import * as errors from "../../src/errors.ts";
import { Point, Unregistered } from "../fixtures/codec_classes.ts";
import { encoded, refusal } from "../support/codec.ts";

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
