/** What is found of modules that were evaluated by a tool, or more than once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { AnyFunction } from "../../src/callable/callable.ts";
import { isDeclaredOnce } from "../../src/callable/module_source.ts";
import { packClass } from "../../src/callable/pack_class.ts";
import { register } from "../../src/callable/register.ts";
import { unpackFunction } from "../../src/callable/unpack_function.ts";
import { classOfKey, keyOfClass } from "../../src/codec/registry.ts";
import { encoded } from "../support/codec.ts";
import { evaluateByTool } from "../support/module_tool.ts";
import { nowhere, pack, refusal } from "../support/packing.ts";

const TOOL = new URL("../fixtures/evaluated_by_tool.mjs", import.meta.url);
const EXPORTS = new URL("../fixtures/callable_exports.ts", import.meta.url).href;
const REGISTERED = new URL("../fixtures/callable_registered.ts", import.meta.url).href;

type Toolbox = Record<"shout" | "made", AnyFunction> & { ToolError: new () => Error };

/** Of this module, for functions that use it. */
const outer = 1;

test("packFunction() looks where vitest keeps what it has evaluated", async () => {
  const { shout, made, ToolError } = await evaluateByTool<Toolbox>(TOOL);
  assert.match((await refusal(made, [TOOL.href])).message, /is evaluated by a tool/);
  const file = fileURLToPath(TOOL);
  const host = globalThis as { __vitest_worker__?: unknown };
  const idToModuleMap = new Map([[file, { file, exports: { shout, made, ToolError } }], [
    "node:fs",
    { file: "node:fs", exports: {} },
  ]]);
  host.__vitest_worker__ = { evaluatedModules: { idToModuleMap } };
  try {
    assert.deepEqual(await pack(made), { kind: "ref", url: TOOL.href, name: "made" });
    assert.deepEqual(await packClass(ToolError, nowhere), {
      kind: "ref",
      url: TOOL.href,
      name: "ToolError",
    });
  } finally {
    delete host.__vitest_worker__;
  }
});

test("a module that is imported with a query too is found under both addresses", async () => {
  const again = await import(`${EXPORTS}?again`);
  const packed = await pack(again.scaled, [`${EXPORTS}?again`]);
  assert.deepEqual(packed, { kind: "ref", url: `${EXPORTS}?again`, name: "scaled" });
  assert.equal(await unpackFunction(packed), again.scaled);

  const first = (await import(REGISTERED)).registered;
  const second = (await import(`${REGISTERED}?again`)).registered;
  // One runtime evaluates it once, and gives the same class for both.
  for (const { Point } of [first, second]) {
    assert.equal(classOfKey(keyOfClass(Point)!), Point);
    assert.equal(await unpackFunction(await packClass(Point, nowhere)), Point);
  }
  assert.equal(keyOfClass(first.Point), `${REGISTERED}#Point`);
});

/** What a module's evaluation gives. */
function evaluation() {
  class Shape {
    sides = 4;
  }
  const sides = (shape: Shape): number => shape.sides + outer;
  return { Shape, sides };
}

const later = () => new Promise((resolve) => setTimeout(resolve));

test("register() keeps what the first evaluation of a module registered", async () => {
  const url = "file:///app/evaluated_twice.ts";
  const [first, second] = [evaluation(), evaluation()];
  register(url, first);
  await later();
  register(url, second);
  for (const { Shape, sides } of [first, second]) {
    assert.ok(encoded(new Shape()).length > 0);
    assert.deepEqual(await pack(sides), { kind: "ref", url, name: "sides" });
    assert.equal(keyOfClass(Shape), `${url}#Shape`);
  }
  assert.equal(classOfKey(`${url}#Shape`), second.Shape);

  // A development server may evaluate what was changed.
  await later();
  const sides = (): number => outer;
  register(url, { sides });
  assert.deepEqual(await pack(sides), { kind: "ref", url, name: "sides" });
});

test("register() numbers what modules of one bundle register under one name", async () => {
  const url = "file:///app/bundle.js";
  const [first, second] = [evaluation(), evaluation()];
  register(url, first);
  register(url, second);
  register(url, second);
  assert.deepEqual(await pack(first.sides), { kind: "ref", url, name: "sides" });
  const packed = await pack(second.sides);
  assert.deepEqual(packed, { kind: "ref", url, name: "sides (2)" });
  assert.equal(await unpackFunction(packed), second.sides);
  assert.equal(keyOfClass(first.Shape), `${url}#Shape`);
  assert.equal(classOfKey(`${url}#Shape`), first.Shape);
  assert.equal(keyOfClass(second.Shape), `${url}#Shape (2)`);
  assert.equal(classOfKey(`${url}#Shape (2)`), second.Shape);
});

test("isDeclaredOnce() sees what can be mistaken for an export", () => {
  assert.ok(isDeclaredOnce("export function work() { work(); }", "work"));
  assert.ok(isDeclaredOnce("export const work = () => 1; const workers = 2;", "work"));
  assert.ok(
    !isDeclaredOnce("export function work() {}\nfunction f() { const work = () => 1; }", "work"),
  );
});
