/** What the source of a module tells of its exports and imports, without running it. */

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import process from "node:process";
import { test } from "node:test";
import {
  exportedNames,
  importedModules,
  importsFrom,
  isOnlyAsked,
  mayExportSubclasses,
} from "../../src/callable/module_source.ts";
import { peek } from "../../src/callable/peek.ts";
import { runtime } from "../../src/runtime/current.ts";
import plainDefault from "../fixtures/callable_exports.ts";
import { RUN } from "../fixtures/error_classes_mark.ts";
import { EXPORTS } from "../support/callables.ts";

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
  const source = `import type { A } from "./types.ts";
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

test("peek() gives the exports of modules without running any", async () => {
  const ran = () => (globalThis as Record<symbol, unknown>)[RUN];
  const folders = async () =>
    (await readdir(runtime.files.temporary)).filter((name) =>
      name.startsWith(`allcores-run-${process.pid}-`)
    );
  const before = await folders();
  const far = new URL("../fixtures/error_classes_far.ts", import.meta.url).href;
  const exports = (await peek(far))!;
  assert.equal(ran(), undefined);
  assert.equal(typeof exports.throwFar, "function");
  assert.throws(() => exports.FarError, ReferenceError);
  assert.equal((await peek(EXPORTS))!.default, plainDefault);
  assert.equal(await peek("file:///nowhere/at/all.ts"), undefined);
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
    'import type { work } from "./types.ts";',
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

test("isOnlyAsked() tells a declared name from one that is only asked for", () => {
  assert.equal(isOnlyAsked("f(() => typeof here === 'x' || typeof(here))", "here"), true);
  assert.equal(isOnlyAsked("const here = 1; f(() => typeof here)", "here"), false);
  assert.equal(isOnlyAsked("f(() => typeof elsewhere)", "here"), false);
});
