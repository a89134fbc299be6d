/** Errors of which something cannot be sent. */

import { test } from "node:test";
import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { RemoteError } from "../../mod.ts";
import { fromFailure, toFailure } from "../../src/messages/failure.ts";

/** An error as it arrives. */
function arrived(thrown: unknown): Error & Record<string, unknown> {
  return fromFailure(toFailure(thrown, "Worker-1")) as Error & Record<string, unknown>;
}

test("an error goes without the field that cannot be sent, and names it", () => {
  const error = Object.assign(new RangeError("no line", { cause: "rain" }), {
    code: "E_LINE",
    socket: { close: () => {} },
    port: 80,
  });
  const result = arrived(error);
  assertInstanceOf(result, RangeError);
  assertEquals([result.message, result.cause], ["no line", "rain"]);
  assertEquals(Object.entries(result), [["code", "E_LINE"], ["port", 80]]);
  assertStringIncludes(result.stack!, "RangeError: no line");
  assertStringIncludes(
    result.stack!,
    "\n    in Worker-1\n    incomplete: Cannot send error.socket.close: function close cannot be sent",
  );
});

test("an error whose fields can be sent is complete", () => {
  assert(!arrived(Object.assign(new Error("x"), { code: 1 })).stack!.includes("incomplete"));
});

test("errors in an error go without their fields that cannot be sent", () => {
  const inner = Object.assign(new TypeError("inner"), { work: Promise.resolve(), n: 1 });
  const outer = new AggregateError([inner, () => {}, "text"], "outer", { cause: inner });
  const result = arrived(outer) as unknown as AggregateError;
  assertInstanceOf(result, AggregateError);
  const cause = result.cause as TypeError & { n: number; work?: unknown };
  assertInstanceOf(cause, TypeError);
  assertEquals([cause.message, cause.n, "work" in cause], ["inner", 1, false]);
  assertEquals(result.errors, [cause, undefined, "text"]);
  assert(result.errors[0] === cause, "it is the same error at both places");
  assertStringIncludes(result.stack!, "incomplete: Cannot send error.errors[1]: ");
});

test("an error that contains itself goes without its field that cannot be sent", () => {
  const error: Error & { self?: Error; work?: unknown } = new SyntaxError("round");
  error.self = error;
  error.work = Promise.resolve();
  const result = arrived(error);
  assertInstanceOf(result, SyntaxError);
  assert(result.self === result);
  assertEquals(Object.keys(result), ["self"]);
});

test("a getter that throws is a field that cannot be sent", () => {
  const error = Object.defineProperty(new Error("trap"), "poison", {
    enumerable: true,
    get: () => {
      throw new Error("bitten");
    },
  });
  const result = arrived(error);
  assertEquals([result.message, Object.keys(result)], ["trap", []]);
  assertStringIncludes(result.stack!, "bitten");
});

test("a DOMException and an error of a class of its own keep what they are", () => {
  const aborted = arrived(Object.assign(new DOMException("stop", "AbortError"), { f: () => {} }));
  assertInstanceOf(aborted, DOMException);
  assertEquals([aborted.name, aborted.message, "f" in aborted], ["AbortError", "stop", false]);
  class LineError extends RangeError {}
  const own = arrived(Object.assign(new LineError("own"), { f: () => {} }));
  assertInstanceOf(own, RangeError);
  assertEquals([own.name, own.message], ["LineError", "own"]);
});

test("what is no error, and cannot be sent, is described", () => {
  const trap = () => {
    throw new Error("trap");
  };
  const proxy = new Proxy({}, { getPrototypeOf: trap });
  assertInstanceOf(arrived(proxy), RemoteError);
  const holder = arrived(Object.assign(new RangeError("holds one"), { proxy }));
  assertEquals([holder.message, Object.keys(holder)], ["holds one", []]);
  const result = arrived(() => {});
  assertInstanceOf(result, RemoteError);
  assertStringIncludes(result.message, "could not be sent");
});
