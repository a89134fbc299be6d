/**
 * Errors there and back: built-in ones, this module's, those of registered and of exported
 * classes, and of classes that nobody knows.
 *
 * @module
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Decoder } from "../../src/codec/decode.ts";
import { addExportedErrors } from "../../src/codec/exported_errors.ts";
import { registerClass } from "../../src/codec/registry.ts";
import * as errors from "../../src/errors.ts";
import { PaymentError, Unregistered } from "../fixtures/codec_classes.ts";
import { encoded, refusal, roundTrip } from "../support/codec.ts";

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
