/** Functions with outer variables are refused, and so is all else that a text cannot carry. */
import assert from "node:assert/strict";
import { sep } from "node:path";
import { test } from "node:test";
import { loadAnalyzer } from "../../src/callable/analyze_once.ts";
import { packFunction } from "../../src/callable/pack_function.ts";
import * as exportsFixture from "../fixtures/callable_exports.ts";
import { nowhere, outerNames, refusal, travel, written } from "../support/packing.ts";

/** Of this module, for functions that use them. */
const outerNumber = 3;
const outerObject = { factor: 2 };

test("packFunction() refuses outer variables, each with its line, and names every remedy", async () => {
  const scale = written(
    "function scale(x) {\n  const y = x * factor;\n  return y + offset +\n    factor;\n}",
  );
  const error = await refusal(scale);
  assert.deepEqual(error.variables, [{ name: "factor", line: 2 }, { name: "offset", line: 3 }]);
  assert.match(error.message, /^Cannot run "scale" in another process/);
  assert.match(
    error.message,
    /\n {2}factor \(line 2 of the function\)\n {2}offset \(line 3 of the function\)\n/,
  );
  assert.match(error.message, /pass them as arguments/);
  assert.match(error.message, /capture\(\{ factor, offset \}, scale\)/);
  assert.match(error.message, /export "scale"/);
  assert.match(error.message, /ref\(new URL\("\.\/module\.ts", import\.meta\.url\), "scale"\)/);
  assert.match(error.message, /register\(import\.meta\.url, \{ scale \}\)/);
});

test("packFunction() refuses variables of this very file", async () => {
  const error = await refusal((x: number) => x * outerNumber + outerObject.factor);
  assert.deepEqual(error.variables.map(({ name }) => name), ["outerNumber", "outerObject"]);
  await refusal(() => sep);
});

const open: [what: string, text: string, names: string[]][] = [
  ["in default parameters", "function (a = outer) { var outer; return a }", ["outer"]],
  ["in computed keys", "({ [key]: value }) => ({ [other]: value })", ["key", "other"]],
  ["in templates and tags", "(x) => tag`${x}${inner}`", ["tag", "inner"]],
  [
    "out of their block",
    "(n) => { for (let i = 0; i < n; i++) {} { let block } try {} catch (e) {} return [i, block, e] }",
    [
      "i",
      "block",
      "e",
    ],
  ],
  ["that are assigned only", "(x) => { count++; ({ a: target } = x); total = x }", [
    "count",
    "target",
    "total",
  ]],
  [
    "in classes",
    "() => class extends Base { static a = one; #b = two; [three]() { return four } static { five } }",
    [
      "Base",
      "one",
      "two",
      "three",
      "four",
      "five",
    ],
  ],
  ["in `using` declarations", "() => { using a = open1(); for (using b of open2()) b; return a }", [
    "open1",
    "open2",
  ]],
  ["in the options of an import", "() => import('node:fs', { with: kind })", ["kind"]],
  ["named like the variable that an arrow function is in", "(n) => fact(n - 1)", ["fact"]],
  [
    "`this`, `arguments` and `new.target` of an outer function",
    "() => [this, arguments, new.target]",
    [
      "arguments",
      "this",
      "new.target",
    ],
  ],
  ["globals of a program's own kind", "() => name + prompt + close + event", [
    "name",
    "prompt",
    "close",
    "event",
  ]],
  ["a module of its own kind", "() => require('fs')", ["require"]],
  [
    "imports with the names of globals",
    `async () => [new Event(), Array("int32", 8), crypto.createHash("md5"), await setTimeout(9)]`,
    ["Event", "Array", "crypto", "setTimeout"],
  ],
  ["`self`, `window` and `document`, without asking", "() => [self, window, document]", [
    "self",
    "window",
    "document",
  ]],
  ["an import as Vite writes it", "() => __vite_ssr_import_0__.foo()", ["__vite_ssr_import_0__"]],
];

for (const [what, text, names] of open) {
  test(`packFunction() refuses outer variables: ${what}`, async (t) => {
    let fn: unknown;
    try {
      fn = written(text.replace(/new\.target/, "new.target"));
    } catch {
      // Syntax that this runtime does not know, or new.target outside a function.
      fn = undefined;
    }
    const analyze = await loadAnalyzer();
    const found = analyze(text, "fn").free.map(({ name }) => name);
    assert.deepEqual(found, names);
    if (fn === undefined) return t.diagnostic?.("checked by its text only");
    assert.deepEqual(await outerNames(text), names);
  });
}

test("packFunction() refuses what only a function's own place gives it", async () => {
  class Base {
    value(): number {
      return 1;
    }
  }
  class Derived extends Base {
    #secret = 1;
    override value(): number {
      return super.value() + 1;
    }
    arrow = (): unknown => [this.#secret, super.value];
    reader(): number {
      return this.#secret;
    }
  }
  const names = async (fn: unknown): Promise<string[]> =>
    (await refusal(fn)).variables.map(({ name }) => name);
  assert.deepEqual(await names(Derived.prototype.value), ["super"]);
  assert.deepEqual((await names(new Derived().arrow)).sort(), ["#secret", "super", "this"]);
  assert.deepEqual(await names(Derived.prototype.reader), ["#secret"]);
  assert.deepEqual(await names(() => import.meta.url), ["import.meta"]);
});

test("packFunction() refuses modules named relative to another, and takes absolute ones", async () => {
  const analyze = await loadAnalyzer();
  const free = (text: string): string[] => analyze(text, "").free.map(({ name }) => name);
  assert.deepEqual(free("() => import('./x.ts')"), ['import("./x.ts")']);
  assert.deepEqual(free("() => import('lodash')"), ['import("lodash")']);
  assert.deepEqual(free("(x) => import(`../${x}.ts`)"), ['import("../")']);
  assert.deepEqual(free("(x) => import('./' + x)"), ['import("./")']);
  assert.deepEqual(
    free(
      "(x) => [import('node:fs'), import('npm:x'), import(x), import(`${x}.ts`), import('file:///x.ts')]",
    ),
    [],
  );
  const path = await travel(async () => (await import("node:path")).sep);
  assert.equal(await path(), sep);
});

test("packFunction() refuses a function to which the program gave properties", async () => {
  const counted = Object.assign((x: number) => x, { calls: 0 });
  assert.deepEqual(
    (await refusal(counted)).variables,
    [{ name: "counted.calls", line: 1 }].map((v) => ({
      ...v,
      name: `${counted.name || "fn"}.calls`,
    })),
  );
});

test("packFunction() refuses bound functions and proxies, and says what helps", async () => {
  const bound = await refusal(exportsFixture.plain.bind(null));
  assert.match(bound.message, /bound function/);
  assert.deepEqual(bound.variables, [{ name: "this", line: 1 }]);
  assert.match(
    (await refusal(new Proxy(exportsFixture.plain, {}))).message,
    /native code, or a proxy/,
  );
});

test("packFunction() refuses sloppy code that strict code does not know", async () => {
  const sloppy = new Function("o", "with (o) { return x }");
  assert.match((await refusal(sloppy)).message, /cannot be read as strict code/);
});

test("packFunction() refuses no function, and classes, at once", () => {
  const wrong: [unknown, RegExp][] = [
    [undefined, /^target must be a function, a ref\(\) or a capture\(\): got undefined$/],
    ["square", /got "square"$/],
    [{}, /got an object$/],
    [[], /got an array$/],
    [new Map(), /got an instance of Map$/],
    [5, /got 5, a number$/],
    [class Point {}, /the class "Point" can only be called with new/],
  ];
  for (const [value, message] of wrong) {
    assert.throws(() => packFunction(value, "target", nowhere), { name: "TypeError", message });
  }
});
