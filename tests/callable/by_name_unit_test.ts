/**
 * Functions and classes that a module exports or registers: how they are found and named. One test
 * runs a program, since its top level is the point.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describeCallable } from "../../src/callable/describe.ts";
import { describeClass } from "../../src/callable/describe_class.ts";
import type { RefDescriptor } from "../../src/callable/descriptor.ts";
import { materialize } from "../../src/callable/materialize.ts";
import { ref } from "../../src/callable/ref.ts";
import { register } from "../../src/callable/register.ts";
import type { AnyFunction } from "../../src/callable/types.ts";
import { keyOfClass } from "../../src/codec/registry.ts";
import { FreeVariableError } from "../../src/errors.ts";
import plainDefault, * as exportsFixture from "../fixtures/callable_exports.ts";
import { Friend, scaledAgain } from "../fixtures/callable_friend.ts";
import { registered } from "../fixtures/callable_registered.ts";
import { describe, EXPORTS, nowhere, refusal } from "../support/callables.ts";

const FRIEND = new URL("../fixtures/callable_friend.ts", import.meta.url).href;
const REGISTERED = new URL("../fixtures/callable_registered.ts", import.meta.url).href;

/** A variable of this module, for functions that use it. */
const outerNumber = 3;

test("describeCallable() finds an export of a calling module, under any name", async () => {
  const { addOne, bound, holder, renamed, scaled } = exportsFixture;
  const byName = async (fn: AnyFunction): Promise<string> => {
    const descriptor = await describe(fn, [import.meta.url, EXPORTS]);
    assert.equal(descriptor.kind, "ref");
    assert.equal((descriptor as RefDescriptor).url, EXPORTS);
    assert.equal(await materialize(structuredClone(descriptor)), fn);
    return descriptor.name;
  };
  assert.equal(await byName(scaled), "scaled");
  assert.equal(await byName(renamed), "renamed");
  assert.equal(await byName(addOne), "addOne");
  assert.equal(await byName(bound), "bound");
  assert.equal(await byName(plainDefault), "default");
  assert.equal((await describe(exportsFixture.plain, [EXPORTS])).kind, "text");
  assert.deepEqual((await refusal(holder.hidden, [EXPORTS])).variables.map(({ name }) => name), [
    "offset",
    "calls",
  ]);
  assert.equal(describeCallable(scaled, "fn", nowhere), await describe(scaled));
});

test("describeCallable() takes the call site at once, before it loads anything", async () => {
  let asked = 0;
  const answer = describeCallable(() => outerNumber + 98765, "fn", () => {
    asked++;
    return [];
  });
  assert.equal(asked, 1);
  await assert.rejects(Promise.resolve(answer), FreeVariableError);
});

test("describeCallable() survives calling modules that cannot be imported", async () => {
  const missing = pathToFileURL(join(tmpdir(), "allcores-no-such-module.ts")).href;
  await refusal(() => outerNumber + 1, [missing]);
  const descriptor = await describe(exportsFixture.scaled, [missing, EXPORTS]);
  assert.equal(descriptor.name, "scaled");
});

test(
  "describeCallable() works in a program's own top-level await",
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
      assert.equal(await materialize(answers[answer!]), module[name!]);
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
    assert.equal(await materialize(answers.made), module.made);
  },
);

test("describeCallable() and describeClass() find what a calling module imports", async () => {
  const descriptor = await describe(scaledAgain, [import.meta.url]);
  assert.deepEqual(descriptor, { kind: "ref", url: FRIEND, name: "scaledAgain" });
  assert.deepEqual(await describeClass(Friend, () => [import.meta.url]), {
    kind: "ref",
    url: FRIEND,
    name: "Friend",
  });
});

test("ref() names a member of a module, by an absolute URL only", async () => {
  const url = new URL("../fixtures/callable_exports.ts", import.meta.url);
  const scaled = ref<typeof exportsFixture.scaled>(url, "scaled");
  const descriptor = await describe(scaled);
  assert.deepEqual(descriptor, { kind: "ref", url: EXPORTS, name: "scaled" });
  assert.equal(await describe(ref(EXPORTS, "scaled")), descriptor);
  assert.equal((await materialize(descriptor))(1), `102${sep}`);
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
  const shift = await describe(registered.shift);
  assert.deepEqual(shift, { kind: "ref", url: REGISTERED, name: "shift" });
  assert.equal(await materialize(structuredClone(shift)), registered.shift);
  assert.deepEqual(await describeClass(registered.Point, nowhere), {
    kind: "ref",
    url: REGISTERED,
    name: "Point",
  });
  assert.equal(keyOfClass(registered.Point), `${REGISTERED}#Point`);
  assert.equal(keyOfClass(registered.shift), undefined);
  const moved = materialize({ kind: "ref", url: REGISTERED, name: "moved" });
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
  return assert.rejects(async () => await describe(fresh), FreeVariableError);
});

test("describeClass() finds an exported class, and refuses others", async () => {
  const { classes, Exported } = exportsFixture;
  const descriptor = await describeClass(Exported, () => [EXPORTS]);
  assert.deepEqual(descriptor, { kind: "ref", url: EXPORTS, name: "Exported" });
  assert.equal(describeClass(Exported, nowhere), descriptor);
  assert.equal(await materialize(descriptor), Exported as unknown);
  await assert.rejects(async () => await describeClass(classes.Hidden, () => [EXPORTS]), {
    name: "FreeVariableError",
    message:
      /^Cannot send the class "Hidden" to another process.*\n.*\n {2}- export class Hidden …[^]*register\(import\.meta\.url, \{ Hidden \}\)$/,
  });
});
