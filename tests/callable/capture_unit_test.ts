/** `capture()`: functions that bring variables along. */

import assert from "node:assert/strict";
import { sep } from "node:path";
import { test } from "node:test";
import { capture } from "../../src/callable/capture.ts";
import { materialize } from "../../src/callable/materialize.ts";
import { ref } from "../../src/callable/ref.ts";
import { FreeVariableError } from "../../src/errors.ts";
import { registered } from "../fixtures/callable_registered.ts";
import { describe, EXPORTS, refusal, written } from "../support/callables.ts";

/** A variable of this module, for functions that use it. */
const outerNumber = 3;

test("capture() sends variables along", async () => {
  const factor = 3;
  const variables = { factor, list: [1, 2] };
  const captured = capture(variables, written("(x) => list.map((y) => x * y * factor)"));
  variables.factor = 99;
  const descriptor = await describe(captured);
  assert.deepEqual(descriptor, {
    kind: "capture",
    name: "",
    text: "(x) => list.map((y) => x * y * factor)",
    variables: { factor: 3, list: [1, 2] },
  });
  assert.equal(await describe(captured), descriptor);
  assert.deepEqual((await materialize(structuredClone(descriptor)))(2), [6, 12]);
});

test("capture() keeps what a worker assigns, apart for each worker", async () => {
  const descriptor = await describe(capture({ count: 0 }, written("() => ++count")));
  const one = await materialize(descriptor);
  const two = await materialize(descriptor);
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
  const descriptor = await describe(
    capture({ helper, scaled, Point, sqrt: Math.sqrt, inner }, written(text)),
  );
  const copy = await materialize(structuredClone(descriptor));
  assert.deepEqual(copy(4), [5, `108${sep}`, 7, 2, 9]);
  await assert.rejects(
    async () => await describe(capture({ f: () => outerNumber }, written("() => f()"))),
    FreeVariableError,
  );
  await assert.rejects(
    async () => await describe(capture({ Local: class {} }, written("() => new Local()"))),
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
