/** Functions as `ref()`, `register()` and `capture()` name them. */
import assert from "node:assert/strict";
import { sep } from "node:path";
import { test } from "node:test";
import type { AnyFunction, Callable } from "../../src/callable/callable.ts";
import { capture } from "../../src/callable/capture.ts";
import { packClass } from "../../src/callable/pack_class.ts";
import { ref } from "../../src/callable/ref.ts";
import { register } from "../../src/callable/register.ts";
import { unpackFunction } from "../../src/callable/unpack_function.ts";
import { keyOfClass } from "../../src/codec/registry.ts";
import { FreeVariableError } from "../../src/errors.ts";
import type * as exportsFixture from "../fixtures/callable_exports.ts";
import { registered } from "../fixtures/callable_registered.ts";
import { nowhere, pack, refusal, written } from "../support/packing.ts";

const EXPORTS = new URL("../fixtures/callable_exports.ts", import.meta.url).href;
const REGISTERED = new URL("../fixtures/callable_registered.ts", import.meta.url).href;

/** Of this module, for functions that use it. */
const outerNumber = 3;

test("ref() names a member of a module, by an absolute URL only", async () => {
  const url = new URL("../fixtures/callable_exports.ts", import.meta.url);
  const scaled = ref<typeof exportsFixture.scaled>(url, "scaled");
  const packed = await pack(scaled);
  assert.deepEqual(packed, { kind: "ref", url: EXPORTS, name: "scaled" });
  assert.equal(await pack(ref(EXPORTS, "scaled")), packed);
  assert.equal((await unpackFunction(packed))(1), `102${sep}`);
  assert.throws(() => ref("./work.ts", "work"), {
    name: "TypeError",
    message:
      'ref() needs an absolute URL: got "./work.ts", use new URL("./work.ts", import.meta.url)',
  });
  assert.throws(() => ref("/work.ts", "work"), {
    name: "TypeError",
    message: /pathToFileURL\("\/work\.ts"\)/,
  });
  assert.throws(() => ref("C:\\work.ts", "work"), { name: "TypeError", message: /pathToFileURL/ });
  assert.throws(() => ref(undefined as unknown as URL, "work"), TypeError);
  assert.throws(() => ref(url, ""), TypeError);
  assert.throws(() => ref(url, 5 as unknown as string), TypeError);
});

test("register() names functions and classes that a module does not export", async () => {
  const shift = await pack(registered.shift);
  assert.deepEqual(shift, { kind: "ref", url: REGISTERED, name: "shift" });
  assert.equal(await unpackFunction(structuredClone(shift)), registered.shift);
  assert.deepEqual(await packClass(registered.Point, nowhere), {
    kind: "ref",
    url: REGISTERED,
    name: "Point",
  });
  assert.equal(keyOfClass(registered.Point), `${REGISTERED}#Point`);
  assert.equal(keyOfClass(registered.shift), undefined);
  const moved = unpackFunction({ kind: "ref", url: REGISTERED, name: "moved" });
  assert.equal((moved as AnyFunction)(7), 0);
});

test("register() refuses wrong arguments and then registers nothing", () => {
  assert.throws(() => register("./here.ts", {}), {
    name: "TypeError",
    message: /register\(\) needs an absolute URL/,
  });
  assert.throws(() => register(import.meta.url, null as never), TypeError);
  const fresh = (x: number): number => x + outerNumber;
  assert.throws(() => register(import.meta.url, { fresh, wrong: 5 as never }), {
    name: "TypeError",
    message: 'register() takes functions and classes: "wrong" is 5, a number',
  });
  return assert.rejects(async () => await pack(fresh), FreeVariableError);
});

test("capture() sends variables along", async () => {
  const factor = 3;
  const variables = { factor, list: [1, 2] };
  const captured = capture(variables, written("(x) => list.map((y) => x * y * factor)"));
  variables.factor = 99;
  const packed = await pack(captured);
  assert.deepEqual(packed, {
    kind: "capture",
    name: "",
    text: "(x) => list.map((y) => x * y * factor)",
    variables: { factor: 3, list: [1, 2] },
  });
  assert.equal(await pack(captured), packed);
  assert.deepEqual((await unpackFunction(structuredClone(packed)))(2), [6, 12]);
});

test("capture() keeps what a worker assigns, apart for each worker", async () => {
  const packed = await pack(capture({ count: 0 }, written("() => ++count")));
  const one = await unpackFunction(packed);
  const two = await unpackFunction(packed);
  assert.deepEqual([one(), one(), two()], [1, 2, 1]);
});

test("capture() must name every outer variable, and may name functions and classes", async () => {
  const error = await refusal(capture({ a: 1 }, written("(x) => a + b + x + this.c")));
  assert.deepEqual(error.variables.map(({ name }) => name), ["b", "this"]);
  const helper = (x: number): number => x + 1;
  const scaled = ref(EXPORTS, "scaled");
  const text = "(x) => [helper(x), scaled(x), new Point().x, sqrt(x), inner(x)]";
  const { Point } = registered;
  const inner = capture({ n: 5 }, written("(x) => x + n"));
  const packed = await pack(
    capture({ helper, scaled, Point, sqrt: Math.sqrt, inner }, written(text)),
  );
  const copy = await unpackFunction(structuredClone(packed));
  assert.deepEqual(copy(4), [5, `108${sep}`, 7, 2, 9]);
  await assert.rejects(
    async () => await pack(capture({ f: () => outerNumber }, written("() => f()"))),
    FreeVariableError,
  );
  await assert.rejects(
    async () => await pack(capture({ Local: class {} }, written("() => new Local()"))),
    FreeVariableError,
  );
});

test("capture() refuses wrong arguments at the call", () => {
  assert.throws(() => capture(5 as never, () => 1), {
    name: "TypeError",
    message: /for example \{ factor \}: got 5/,
  });
  assert.throws(() => capture({}, "fn" as never), {
    name: "TypeError",
    message: /needs a function/,
  });
  assert.throws(() => capture({}, class {} as never), TypeError);
  assert.throws(() => capture({ "a b": 1 }, () => 1), {
    name: "TypeError",
    message: /"a b" cannot be one/,
  });
  assert.throws(() => capture({ await: 1 }, () => 1), TypeError);
  assert.throws(() => capture({ ["__proto__"]: 1 }, () => 1), TypeError);
});

// Types: this is checked by the compiler, and never called.

declare function apply<A extends unknown[], R>(fn: Callable<A, R>, args: A): Promise<Awaited<R>>;
declare function map<T, R>(fn: Callable<[T], R>, items: Iterable<T>): Promise<Awaited<R>[]>;

export async function typesAreInferred(): Promise<void> {
  const resize = (size: number, _name: string): Promise<string> => Promise.resolve(String(size));
  const url = new URL("./x.ts", import.meta.url);
  const a: string = await apply(resize, [1, "x"]);
  const b: string = await apply(ref<typeof resize>(url, "resize"), [1, "x"]);
  const c: number[] = await map((x: number) => x * 2, [1]);
  const d: string[] = await map(ref<typeof exportsFixture.scaled>(url, "scaled"), [1]);
  const e: number[] = await map(capture({ factor: 2 }, (x: number) => x * outerNumber), [1]);
  const f: number[] = await map((x) => x * 2, [1, 2]);
  // @ts-expect-error the argument is a number
  await map(ref<typeof exportsFixture.scaled>(url, "scaled"), ["x"]);
  // @ts-expect-error there must be two arguments
  await apply(ref<typeof resize>(url, "resize"), [1]);
  // @ts-expect-error the result is a text
  const g: number[] = await map(ref<typeof exportsFixture.scaled>(url, "scaled"), [1]);
  const h: Callable = ref(url, "anything");
  void [a, b, c, d, e, f, g, h];
}
