/** Functions are made again of what was sent, or it is said why they cannot be. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnyFunction } from "../../src/callable/callable.ts";
import { unpackFunction } from "../../src/callable/unpack_function.ts";
import { MultiprocessingError } from "../../src/errors.ts";
import * as exportsFixture from "../fixtures/callable_exports.ts";
import { travel, written } from "../support/packing.ts";

const EXPORTS = new URL("../fixtures/callable_exports.ts", import.meta.url).href;

test("unpackFunction() takes no function but the sender's, if the sender could not look", async () => {
  const { plain, renamed } = exportsFixture;
  const text = Function.prototype.toString.call(plain);
  const printer = Function.prototype.toString.call(setTimeout);
  const check = {
    text,
    printer,
    local: "plain",
    length: 1,
    message: "not exported",
    variables: [{ name: "a", line: 1 }],
  };
  const take = async (name: string, changes: Partial<typeof check>): Promise<unknown> =>
    await unpackFunction({ kind: "ref", url: EXPORTS, name, check: { ...check, ...changes } });
  const refused = {
    name: "FreeVariableError",
    message: "not exported",
    variables: [{ name: "a", line: 1 }],
  };
  assert.equal(await take("plain", {}), plain);
  await assert.rejects(take("plain", { text: "(x) => x + other" }), refused);
  await assert.rejects(take("scaled", {}), refused);
  await assert.rejects(take("missing", {}), refused);
  await assert.rejects(take("renamed", {}), refused);
  // Another runtime prints functions in its own way.
  assert.equal(
    await take("plain", { text: "printed otherwise", printer: "another runtime" }),
    plain,
  );
  assert.equal(await take("renamed", { local: "inner", printer: "another runtime" }), renamed);
  await assert.rejects(take("plain", { printer: "another runtime", length: 2 }), refused);
});

test("unpackFunction() says which module, which name, and what there is", async () => {
  const missing = new URL("../fixtures/callable_missing.ts", import.meta.url).href;
  await assert.rejects(
    async () => await unpackFunction({ kind: "ref", url: missing, name: "work" }),
    (error: Error) => {
      assert.ok(error instanceof MultiprocessingError);
      assert.ok(error.message.startsWith(`Cannot import ${missing} to get "work" from it: `));
      assert.ok(error.cause instanceof Error);
      return true;
    },
  );
  await assert.rejects(
    async () => await unpackFunction({ kind: "ref", url: EXPORTS, name: "work" }),
    (error: Error) => {
      assert.ok(error instanceof MultiprocessingError);
      assert.ok(
        error.message.startsWith(
          `${EXPORTS} has no export "work"\nIt exports: Exported, addOne, answer, bound,`,
        ),
      );
      return true;
    },
  );
  await assert.rejects(
    async () => await unpackFunction({ kind: "ref", url: EXPORTS, name: "answer" }),
    {
      message: /"answer" of .* is not a function: it is 42, a number/,
    },
  );
  await assert.rejects(
    async () => await unpackFunction({ kind: "ref", url: EXPORTS, name: "toString" }),
    MultiprocessingError,
  );
});

test("unpackFunction() imports by the function that it is given", async () => {
  const asked: string[] = [];
  const fn = await unpackFunction(
    { kind: "ref", url: "virtual:work", name: "work" },
    async (url) => {
      asked.push(url);
      return { work: (x: number) => x * 2 };
    },
  );
  assert.equal(fn(2), 4);
  assert.deepEqual(asked, ["virtual:work"]);
});

test("unpackFunction() reports a text that this runtime cannot make a function of", () => {
  assert.throws(() => unpackFunction({ kind: "text", name: "work", text: "(x) => @" }), {
    name: "MultiprocessingError",
    message: /^Cannot make a function of the text of "work" here: /,
  });
  assert.throws(
    () => unpackFunction({ kind: "text", name: "x.y", text: "Math.noSuchFunction" }),
    MultiprocessingError,
  );
});

test("unpackFunction() makes strict functions whose stack names them and counts their own lines", async () => {
  const fail = await travel(
    written("function fail(x) {\n  if (x) {\n    throw new Error('here');\n  }\n  return this;\n}"),
  );
  assert.equal(fail(false), undefined);
  try {
    fail(true);
    assert.fail();
  } catch (error) {
    assert.match((error as Error).stack ?? "", /at fail \(allcores:fail(, <anonymous>)?:3:/);
  }
  const odd = unpackFunction({ kind: "text", name: "__proto__", text: "(x) => x" }) as AnyFunction;
  assert.equal(odd.name, "__proto__");
});
