/**
 * Functions as compilers write them: their texts use helpers that stand beside the program, or in
 * `tslib`. Each is compiled for every target that people have, and runs again from what is sent.
 */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import * as esbuild from "esbuild";
import ts from "typescript";
import { packFunction } from "../../src/callable/pack_function.ts";
import type { PackedText } from "../../src/callable/packed_function.ts";
import { unpackFunction } from "../../src/callable/unpack_function.ts";
import type { AnyFunction } from "../../src/callable/callable.ts";
import { FreeVariableError } from "../../src/errors.ts";

/** The sources of functions that take nothing, and what they give. */
const plain: Record<string, [source: string, expected: unknown]> = {
  "async functions": [
    `async () => {
      const inner = async function (this: any, ...args: any[]) {
        try { return await this.value + args[0] } catch (error) { return await error.message }
      };
      return [await inner.call({ value: 1 }, 2), await inner.call({ get value() { throw Error("e") } })];
    }`,
    [3, "e"],
  ],
  "async generators": [
    `async () => {
      const log: unknown[] = [];
      async function* items(source: any): any {
        try {
          log.push(yield Promise.resolve(1));
          try { yield Promise.reject(new Error("refused")) } catch (error) { log.push(error.message) }
          log.push(yield* more());
          yield* source;
          yield 4;
        } finally { log.push("end") }
      }
      async function* more() { yield await 2; return "returned" }
      const iterator = items([3]);
      log.push(await iterator.next(), await iterator.next("sent"));
      for await (const item of iterator) { log.push(item); if (item === 4) break }
      for await (const item of [Promise.resolve(5)]) log.push(item);
      return log;
    }`,
    [
      "sent",
      "refused",
      { value: 1, done: false },
      { value: 2, done: false },
      "returned",
      3,
      4,
      "end",
      5,
    ],
  ],
  "rest and spread properties": [
    `() => {
      const { a, ["b"]: b, ...rest } = { a: 1, b: 2, c: 3, get d() { return 4 } } as any;
      return { ...rest, e: a, ...{ c: b } };
    }`,
    { c: 2, d: 4, e: 1 },
  ],
  "private members": [
    `() => {
      class Counter {
        #count = 1;
        static #made = 0;
        #step() { return 10 }
        get #double() { return this.#count * 2 }
        set #double(value) { this.#count = value / 2 }
        static has(value: object) { return #count in value }
        run() {
          this.#count++; this.#double = this.#double + this.#step(); Counter.#made += 1;
          return [this.#count, this.#double, Counter.#made, Counter.has(this), Counter.has({})];
        }
        static of(value: any) { return value.#count }
      }
      let problem = "";
      try { Counter.of({}) } catch (error) { problem = error.name }
      return [...new Counter().run(), problem];
    }`,
    [7, 14, 1, true, false, "TypeError"],
  ],
  "fields, powers and names": [
    `() => {
      const inner = () => 3 ** 2;
      class Named { static own = "s"; value = inner(); ["x" + 1] = 2 }
      return [{ ...new Named() }, Named.own, Named.name, inner.name];
    }`,
    [{ value: 9, x1: 2 }, "s", "Named", "inner"],
  ],
  "`using` declarations": [
    `async () => {
      const log: string[] = [];
      const make = (name: string) => ({
        [Symbol.dispose]() { log.push(name) },
        async [Symbol.asyncDispose]() { log.push("later " + name) },
      });
      try {
        using first = make("first"); await using second = make("second"); using none = null;
        throw new Error("body");
      } catch (error) { log.push(error.message) }
      return log;
    }`,
    ["later second", "first", "body"],
  ],
};

/** Decorators, which esbuild writes in ways of its own. */
const decorated: [source: string, expected: unknown] = [
  `() => {
    const log: unknown[] = [];
    const mark = (...args: any[]): any => { log.push(args.length) };
    const key = () => "computed";
    const Made = @mark class { @mark method() {} @mark [key()] = 1; @mark static own = 2 };
    return [log, new Made().computed, Made.own, Made.name];
  }`,
  [[2, 2, 2, 2], 1, 2, "Made"],
];

const decoratedBefore: [source: string, expected: unknown] = [
  `() => {
    const log: unknown[] = [];
    const mark = (...args: any[]): any => { log.push(args.length) };
    @mark class Made { @mark method(@mark x: number) { return x } }
    return [log, new Made().method(1)];
  }`,
  [[3, 3, 1], 1],
];

const require = createRequire(import.meta.url);

/** Runs a compiled CommonJS module, and gives the function that it exports. */
function exported(code: string): AnyFunction {
  const module = { exports: {} as { fn?: AnyFunction } };
  new Function("module", "exports", "require", code)(module, module.exports, require);
  assert.equal(typeof module.exports.fn, "function", code);
  return module.exports.fn!;
}

function byTypeScript(source: string, options: ts.CompilerOptions): AnyFunction {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, ...options };
  return exported(
    ts.transpileModule(`export const fn = ${source};`, { compilerOptions }).outputText,
  );
}

async function byEsbuild(source: string, target: string): Promise<AnyFunction> {
  const { code } = await esbuild.transform(`export const fn = ${source};`, {
    loader: "ts",
    format: "cjs",
    platform: "browser",
    keepNames: true,
    target,
  });
  return exported(code);
}

/** Sends a function, runs it, and gives the helpers that its text uses. */
async function check(fn: AnyFunction, expected: unknown, what: string): Promise<readonly string[]> {
  assert.deepEqual(await fn(), expected, `${what}, as it was compiled`);
  const packed = structuredClone(await packFunction(fn, "fn", () => [])) as PackedText;
  assert.equal(packed.kind, "text", what);
  assert.deepEqual(await (await unpackFunction(packed))(), expected, what);
  return packed.helpers ?? [];
}

const targets = ["ES2015", "ES2017", "ES2018", "ES2022"] as const;

test("functions run that TypeScript compiled for any target from ES2015 on", async () => {
  const used = new Set<string>();
  for (const importHelpers of [false, true]) {
    for (const name of targets) {
      const options = { target: ts.ScriptTarget[name], importHelpers };
      const cases = { ...plain, decorators: decorated };
      for (const [what, [source, expected]] of Object.entries(cases)) {
        const fn = byTypeScript(source, options);
        (await check(fn, expected, `${what} for ${name}`)).forEach((helper) => used.add(helper));
      }
      const [source, expected] = decoratedBefore;
      const old = { ...options, experimentalDecorators: true, emitDecoratorMetadata: true };
      const fn = byTypeScript(source, old);
      (await check(fn, expected, `old decorators for ${name}`)).forEach((one) => used.add(one));
    }
  }
  assert.deepEqual(
    [...used].sort(),
    `__addDisposableResource __asyncDelegator __asyncGenerator __asyncValues __await __awaiter
     __classPrivateFieldGet __classPrivateFieldIn __classPrivateFieldSet __decorate
     __disposeResources __esDecorate __metadata __param __propKey __rest
     __runInitializers __setFunctionName tslib_1`.split(/\s+/),
  );
});

test("functions run that esbuild compiled for any target from ES2015 on", async () => {
  const used = new Set<string>();
  for (const target of [...targets, "node18", "node20", "node24"]) {
    for (const [what, [source, expected]] of Object.entries(plain)) {
      const fn = await byEsbuild(source, target.toLowerCase());
      (await check(fn, expected, `${what} for ${target}`)).forEach((helper) => used.add(helper));
    }
  }
  await esbuild.stop();
  assert.deepEqual(
    [...used].sort(),
    `__async __asyncGenerator __await __callDispose __forAwait __name __objRest __pow __privateAdd
     __privateGet __privateIn __privateMethod __privateSet __privateWrapper __publicField
     __spreadProps __spreadValues __using __yieldStar`.split(/\s+/),
  );
});

test("functions run whose bundle numbers the helpers, or that coverage tools count", async () => {
  const cases: [text: string, expected: unknown][] = [
    [`() => __name2(__name(() => 1, "kept"), "again").name`, "again"],
    [`async () => import_tslib.__rest({ a: 1, b: 2 }, ["a"])`, { b: 2 }],
    [`() => { cov_1abc().s[0]++; cov_1abc().b[1][0]++; return (cov_1abc().f[2]++, 4) }`, 4],
  ];
  for (const [text, expected] of cases) {
    const packed = structuredClone(
      await packFunction((0, globalThis.eval)(text), "fn", () => []),
    );
    assert.deepEqual(await (await unpackFunction(packed))(), expected, text);
  }
});

test("functions that TypeScript compiled to ES5 are refused with what to do", async () => {
  const source = "(xs: number[]) => { function* all() { yield* xs } return [...all()] }";
  const fn = byTypeScript(source, { target: ts.ScriptTarget.ES5, downlevelIteration: true });
  assert.deepEqual(fn([1, 2]), [1, 2]);
  await assert.rejects(async () => await packFunction(fn, "fn", () => []), (error: unknown) => {
    assert.ok(error instanceof FreeVariableError);
    const names = error.variables.map(({ name }) => name).sort();
    assert.deepEqual(names, ["__generator", "__read", "__spreadArray", "__values"]);
    assert.match(
      error.message,
      /\n {2}__generator \(line \d+ of the function\): TypeScript's helper for the target ES5; set a newer "target", ES2015 at least\n/,
    );
    assert.doesNotMatch(error.message, /capture\(/);
    return true;
  });
});

test("functions with esbuild's decorators are refused by their helpers' names", async () => {
  const fn = await byEsbuild(decorated[0], "es2022");
  await esbuild.stop();
  await assert.rejects(async () => await packFunction(fn, "fn", () => []), {
    name: "FreeVariableError",
    message: /\n {2}__decoratorStart \(line \d+ of the function\): it seems that a compiler put it/,
  });
});
