/** Functions and classes that have outer variables are found by the names of their exports. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { AnyFunction } from "../../src/callable/callable.ts";
import { exportsSoFar } from "../../src/callable/exports_so_far.ts";
import {
  exportedNames,
  importedModules,
  importsFrom,
  isOnlyAsked,
  mayExportSubclasses,
} from "../../src/callable/module_source.ts";
import { packClass } from "../../src/callable/pack_class.ts";
import { packFunction } from "../../src/callable/pack_function.ts";
import type { PackedRef } from "../../src/callable/packed_function.ts";
import { unpackFunction } from "../../src/callable/unpack_function.ts";
import { FreeVariableError } from "../../src/errors.ts";
import { sharedPlace } from "../../src/files/shared_place.ts";
import plainDefault, * as exportsFixture from "../fixtures/callable_exports.ts";
import { Friend, scaledAgain } from "../fixtures/callable_friend.ts";
import { RUN } from "../fixtures/error_classes_mark.ts";
import { nowhere, pack, refusal } from "../support/packing.ts";

const EXPORTS = new URL("../fixtures/callable_exports.ts", import.meta.url).href;
const FRIEND = new URL("../fixtures/callable_friend.ts", import.meta.url).href;

/** Of this module, for functions that use it. */
const outerNumber = 3;

test("packFunction() finds an export of a calling module, under any name", async () => {
  const { addOne, bound, holder, renamed, scaled } = exportsFixture;
  const byName = async (fn: AnyFunction): Promise<string> => {
    const packed = await pack(fn, [import.meta.url, EXPORTS]);
    assert.equal(packed.kind, "ref");
    assert.equal((packed as PackedRef).url, EXPORTS);
    assert.equal(await unpackFunction(structuredClone(packed)), fn);
    return packed.name;
  };
  assert.equal(await byName(scaled), "scaled");
  assert.equal(await byName(renamed), "renamed");
  assert.equal(await byName(addOne), "addOne");
  assert.equal(await byName(bound), "bound");
  assert.equal(await byName(plainDefault), "default");
  assert.equal((await pack(exportsFixture.plain, [EXPORTS])).kind, "text");
  assert.deepEqual((await refusal(holder.hidden, [EXPORTS])).variables.map(({ name }) => name), [
    "offset",
    "calls",
  ]);
  assert.equal(packFunction(scaled, "fn", nowhere), await pack(scaled));
});

test("packFunction() takes the call site at once, before it loads anything", async () => {
  let asked = 0;
  const answer = packFunction(() => outerNumber + 98765, "fn", () => {
    asked++;
    return [];
  });
  assert.equal(asked, 1);
  await assert.rejects(Promise.resolve(answer), FreeVariableError);
});

test("packFunction() survives calling modules that cannot be imported", async () => {
  const missing = pathToFileURL(join(tmpdir(), "allcores-no-such-module.ts")).href;
  await refusal(() => outerNumber + 1, [missing]);
  const packed = await pack(exportsFixture.scaled, [missing, EXPORTS]);
  assert.equal(packed.name, "scaled");
});

test(
  "packFunction() works in a program's own top-level await",
  { timeout: 60_000 },
  async () => {
    const url = new URL("../fixtures/callable_toplevel.ts", import.meta.url);
    const flags = "Deno" in globalThis ? ["run", "-A"] : [];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, url.pathname]);
    const answers = JSON.parse(stdout);
    const module = await import(url.href);
    for (
      const [answer, name] of [["exported", "exported"], ["renamed", "renamed"], [
        "Exported",
        "Exported",
      ]]
    ) {
      assert.equal(answers[answer!].kind, "ref", answer);
      assert.equal(answers[answer!].url, url.href);
      assert.equal(await unpackFunction(answers[answer!]), module[name!]);
    }
    for (const answer of ["hidden", "Hidden", "local", "askedOuter"]) {
      assert.equal(
        answers[answer].name,
        "FreeVariableError",
        answer,
      );
    }
    assert.equal(answers.asked.kind, "text");
    // Which function a call gave, only a look into the module tells.
    assert.equal(answers.made.kind, "ref", answers.made.message);
    assert.equal(await unpackFunction(answers.made), module.made);
  },
);

test("exportedNames() finds what a module's source may export", () => {
  const cases: [source: string, local: string, names: string[]][] = [
    ["export function work() {}", "work", ["work"]],
    ["\n  export async function* work<T>() {}", "work", ["work"]],
    ["export const work = (x: number): number => x;", "work", ["work"]],
    ["export const work: (x: number) => number = async x => x;", "work", ["work"]],
    ["export const work = make(1);", "work", []],
    ["export const { work, other } = all;", "work", []],
    ["const work = make(1);\nexport { work };", "work", []],
    ["function work() {}\nexport { work as job, type Other };", "work", ["job"]],
    ["var a=1;function work(){}export{a as b,work};", "work", ["work"]],
    ["export default function work() {}", "work", ["default"]],
    ["function work() {}\nexport default work;", "work", ["default"]],
    ["export default async (x) => x;", "default", ["default"]],
    ["export default class extends Process {}", "default", ["default"]],
    ["export abstract class Work {}", "Work", ["Work"]],
    ["function work() {}\nexport function workers() {}", "work", []],
    ["export { work } from './other.ts'", "work", []],
    ["// export function work() {}", "work", []],
  ];
  for (const [source, local, names] of cases) {
    assert.deepEqual(exportedNames(source, local), names, source);
  }
});

test("importsFrom() tells whether a module imports more than types from another", () => {
  const source = `import type { A } from "./callable.ts";
    import { type B, type C } from "./more_types.ts"; import { type D, e } from "../mixed.ts";
    import F from "./default.ts"; import * as g from 'file:///app/all.ts'; import { h } from "pkg";
    import { type } from "./named_type.ts"; import i, { type J } from "./both.ts"`;
  const imported = (path: string) =>
    importsFrom(source, new URL(path, "file:///app/src/").href, "file:///app/src/main.ts");
  for (const path of ["../mixed.ts", "default.ts", "../all.ts", "named_type.ts", "both.ts"]) {
    assert.ok(imported(path), path);
  }
  for (const path of ["types.ts", "more_types.ts", "mixed.ts", "other.ts"]) {
    assert.ok(!imported(path), path);
  }
});

test("exportsSoFar() gives the exports of modules without running any", async () => {
  const ran = () => (globalThis as Record<symbol, unknown>)[RUN];
  const folders = async () =>
    (await readdir(sharedPlace())).filter((name) =>
      name.startsWith(`allcores-run-${process.pid}-`)
    );
  const before = await folders();
  const far = new URL("../fixtures/error_classes_far.ts", import.meta.url).href;
  const exports = (await exportsSoFar(far))!;
  assert.equal(ran(), undefined);
  assert.equal(typeof exports.throwFar, "function");
  assert.throws(() => exports.FarError, ReferenceError);
  assert.equal((await exportsSoFar(EXPORTS))!.default, plainDefault);
  assert.equal(await exportsSoFar("file:///nowhere/at/all.ts"), undefined);
  assert.deepEqual(await folders(), before);
});

test("mayExportSubclasses() sees classes that extend others, and what is passed on", () => {
  for (
    const source of [
      "export class A extends Error {}",
      "const A = class extends B {};\nexport { A };",
      'export * from "./errors.ts";',
      'export { A } from "./errors.ts";',
      'import { A } from "./errors.ts";\nexport { A };',
    ]
  ) assert.equal(mayExportSubclasses(source), true, source);
  for (const source of ["export class A {}", 'import "./a.ts";\nexport const extended = 1;']) {
    assert.equal(mayExportSubclasses(source), false, source);
  }
});

test("importedModules() finds from where a module imports a name", () => {
  const source = [
    'import { type A, work as job } from "./one.ts";',
    'import type { work } from "./callable.ts";',
    "import * as all from '../two.ts'",
    'import main, {\n  other,\n} from "./three.ts";',
    'import "./four.ts";',
    'import { work } from "package";',
    'import{x,type work}from"./five.ts"',
  ].join("\n");
  const found = (name: string): string[] =>
    importedModules(source, name, "file:///app/src/main.ts");
  assert.deepEqual(found("work"), ["file:///app/src/one.ts", "file:///app/two.ts"]);
  assert.deepEqual(found("other"), ["file:///app/two.ts", "file:///app/src/three.ts"]);
  assert.deepEqual(found("default"), ["file:///app/two.ts", "file:///app/src/three.ts"]);
});

test("packFunction() and packClass() find what a calling module imports", async () => {
  const packed = await pack(scaledAgain, [import.meta.url]);
  assert.deepEqual(packed, { kind: "ref", url: FRIEND, name: "scaledAgain" });
  assert.deepEqual(await packClass(Friend, () => [import.meta.url]), {
    kind: "ref",
    url: FRIEND,
    name: "Friend",
  });
});

test("isOnlyAsked() tells a declared name from one that is only asked for", () => {
  assert.equal(isOnlyAsked("f(() => typeof here === 'x' || typeof(here))", "here"), true);
  assert.equal(isOnlyAsked("const here = 1; f(() => typeof here)", "here"), false);
  assert.equal(isOnlyAsked("f(() => typeof elsewhere)", "here"), false);
});

test("packClass() finds an exported class, and refuses others", async () => {
  const { classes, Exported } = exportsFixture;
  const packed = await packClass(Exported, () => [EXPORTS]);
  assert.deepEqual(packed, { kind: "ref", url: EXPORTS, name: "Exported" });
  assert.equal(packClass(Exported, nowhere), packed);
  assert.equal(await unpackFunction(packed), Exported as unknown);
  await assert.rejects(async () => await packClass(classes.Hidden, () => [EXPORTS]), {
    name: "FreeVariableError",
    message:
      /^Cannot send the class "Hidden" to another process.*\n.*\n {2}- export class Hidden …[^]*register\(import\.meta\.url, \{ Hidden \}\)$/,
  });
});
