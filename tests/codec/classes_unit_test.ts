/**
 * Instances of registered classes: their fields, classes that write and rebuild their
 * instances by themselves, and keys.
 *
 * @module
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Decoder } from "../../src/codec/decode.ts";
import { Encoder } from "../../src/codec/encode.ts";
import {
  classOfKey,
  deserialize,
  keyOfClass,
  registerClass,
  serialize,
  UnknownClassError,
} from "../../src/codec/registry.ts";
import * as errors from "../../src/errors.ts";
import { Interval, Point } from "../fixtures/codec_classes.ts";
import { damage, encoded, refusal, roundTrip } from "../support/codec.ts";

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
