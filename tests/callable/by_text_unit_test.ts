/**
 * Functions without outer variables go to another process by their text, and functions of the
 * runtime by their path.
 */

import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { loadAnalyzer } from "../../src/callable/analyzer.ts";
import { describeCallable } from "../../src/callable/describe.ts";
import { materialize } from "../../src/callable/materialize.ts";
import type { AnyFunction } from "../../src/callable/types.ts";
import { describe, nowhere, travel, written } from "../support/callables.ts";

/** A variable of this module, for functions that use it. */
const outerNumber = 3;

const closed: [what: string, fn: AnyFunction, args: unknown[], expected: unknown][] = [
  ["an arrow function", (x: number) => x * x, [3], 9],
  [
    "a function expression",
    function (x: number): number {
      return x + 1;
    },
    [3],
    4,
  ],
  [
    "a named function that calls itself",
    function fact(n: number): number {
      return n <= 1 ? 1 : n * fact(n - 1);
    },
    [5],
    120,
  ],
  ["type annotations", <T>(x: T, y?: T, ...rest: T[]): T[] => [x, y as T, ...rest!] as T[], [
    1,
    2,
    3,
  ], [1, 2, 3]],
  [
    "comments",
    (x: number) => {
      // return 1 / 0
      /* nor this: outerNumber */
      return x; // the end
    },
    [5],
    5,
  ],
  ["default parameters", (x: number, y = x + 1, { z = y } = {}) => [x, y, z], [1], [1, 2, 2]],
  ["destructuring", ({ a, b: [c, ...d] }: { a: number; b: number[] }) => ({ a, c, d }), [{
    a: 1,
    b: [2, 3],
  }], {
    a: 1,
    c: 2,
    d: [3],
  }],
  ["template literals", (x: number) => `${x}${`<${x + 1}>`}${String.raw`\n`}`, [1], "1<2>\\n"],
  ["regular expressions", (x: string) => x.replace(/["'`/\]]/gu, "").split(/(?<year>\d+)/), [
    "a'1\"b",
  ], ["a", "1", "b"]],
  [
    "inner functions that are hoisted",
    (x: number) => {
      // @ts-expect-error it has no value yet
      return [twice(x), typeof later];
      function twice(n: number): number {
        return n * 2;
      }
      // deno-lint-ignore no-var no-unreachable
      var later: number = 1;
    },
    [2],
    [4, "undefined"],
  ],
  [
    "shadowed globals and outer names",
    (outerNumber: number) => {
      const console = { log: (x: number) => x + outerNumber };
      return console.log(1);
    },
    [2],
    3,
  ],
  [
    "catch bindings",
    (text: string) => {
      try {
        JSON.parse(text);
        // deno-lint-ignore no-explicit-any
      } catch ({ name }: any) {
        return name;
      }
    },
    ["{"],
    "SyntaxError",
  ],
  [
    "labels",
    (n: number) => {
      let count = 0;
      outer: for (let i = 0; i < n; i++) {
        for (let k = 0; k < n; k++) {
          if (k > i) continue outer;
          if (i > 2) break outer;
          count++;
        }
      }
      return count;
    },
    [9],
    6,
  ],
  [
    "classes inside",
    (x: number) => {
      class Base {
        #secret = x;
        static made = 0;
        static {
          this.made = 1;
        }
        get secret(): number {
          return this.#secret;
        }
        static has(value: object): boolean {
          return #secret in value;
        }
      }
      return new (class extends Base {
        twice = (): number => this.secret * 2 + super.secret;
        all = [Base.made, Base.has(this)];
      })().twice();
    },
    [4],
    12,
  ],
  [
    "getters and methods inside",
    (x: number) => {
      const object = {
        value: x,
        get double(): number {
          return this.value * 2;
        },
        ["computed" + x]() {
          return Object.keys(this).length;
        },
      };
      return [object.double, (object as unknown as Record<string, () => number>).computed3?.()];
    },
    [3],
    [6, 3],
  ],
  [
    "`arguments`, `this` and `new.target` of its own",
    function (this: unknown): unknown[] {
      return [arguments.length, this, new.target];
    },
    [1, 2],
    [2, undefined, undefined],
  ],
  [
    "optional chaining and assignment operators",
    (x: { a?: { b: number }; c?: number }) => {
      x.c ??= x.a?.b ?? 7;
      return x.c ** 2;
    },
    [{}],
    49,
  ],
  [
    "`using` declarations",
    (log: string[]) => {
      {
        using first = { [Symbol.dispose]: () => log.push("disposed") };
        log.push(typeof first);
      }
      return log;
    },
    [[]],
    ["object", "disposed"],
  ],
  [
    "names that only one runtime has, asked for by `typeof`",
    written(
      `() => typeof Deno !== "undefined" ? Deno.pid : typeof Bun !== "undefined" ? Bun.version : process.pid`,
    ),
    [],
    "Bun" in globalThis ? process.versions.bun : process.pid,
  ],
];

for (const [what, fn, args, expected] of closed) {
  test(`describeCallable() takes a function by its text: ${what}`, async () => {
    const copy = await travel(fn);
    assert.notEqual(copy, fn);
    assert.equal(copy.name, fn.name);
    assert.deepEqual(copy(...args), expected);
  });
}

test("describeCallable() takes async functions and generators by their text", async () => {
  assert.equal(
    await (await travel(async (x: Promise<number>) => (await x) + 1))(Promise.resolve(1)),
    2,
  );
  const generator = await travel(function* (n: number) {
    for (let i = 0; i < n; i++) yield i;
  });
  assert.deepEqual([...generator(3)], [0, 1, 2]);
  const asyncGenerator = await travel(async function* (items: number[]) {
    for await (const item of items) yield* [item, -item];
  });
  const seen: number[] = [];
  for await (const item of asyncGenerator([1, 2])) seen.push(item);
  assert.deepEqual(seen, [1, -1, 2, -2]);
});

test("describeCallable() takes functions that use globals of any runtime", async () => {
  const usesMany = written(`() => [
    typeof console.log, typeof fetch, typeof structuredClone, typeof URL, typeof crypto.subtle,
    typeof Deno, typeof Bun, typeof process, typeof Buffer, typeof window, typeof document,
    typeof self === "object" ? self : 0, setTimeout(() => 0, 0), new Event("x").type,
    Array(3).length, new Array(1, 2).length, Array.from("ab").join(), undefined, NaN, Infinity,
  ]`);
  const copy = await travel(usesMany);
  assert.deepEqual(copy().slice(13, 17), ["x", 3, 2, "a,b"]);
  assert.equal(
    typeof (await travel(written("() => Deno.pid + Bun.version + process.pid"))),
    "function",
  );
});

test("describeCallable() takes methods, getters and members of classes by their text", async () => {
  const symbol = Symbol.iterator;
  const object = {
    plain(x: number) {
      return x + 1;
    },
    async later(x: number) {
      return await x;
    },
    *items(n: number) {
      yield n;
    },
    async *laterItems(n: number) {
      yield n;
    },
    get value() {
      return 5;
    },
    ["computed" + outerNumber](x: number) {
      return x + 2;
    },
    [symbol](x: number) {
      return x + 3;
    },
    "two words"(x: number) {
      return x + 4;
    },
    get(x: number) {
      return x + 5;
    },
    async(x: number) {
      return x + 6;
    },
  };
  class Maths {
    static twice(x: number): number {
      return x * 2;
    }
    #hidden(x: number): number {
      return x * 3;
    }
    static hidden(): (x: number) => number {
      return new Maths().#hidden;
    }
    instance(x: number): number {
      return x * 4;
    }
  }
  assert.equal((await travel(object.plain))(1), 2);
  assert.equal((await travel(object.plain)).name, "plain");
  assert.equal(await (await travel(object.later))(1), 1);
  assert.deepEqual([...(await travel(object.items))(2)], [2]);
  assert.deepEqual((await (await travel(object.laterItems))(2).next()).value, 2);
  assert.equal((await travel((object as unknown as Record<string, AnyFunction>).computed3!))(1), 3);
  assert.equal((await travel(object[symbol]))(1), 4);
  assert.equal((await travel(object["two words"]))(1), 5);
  assert.equal((await travel(object.get))(1), 6);
  assert.equal((await travel(object.async))(1), 7);
  assert.equal((await travel(Maths.twice))(2), 4);
  assert.equal((await travel(Maths.hidden()))(2), 6);
  assert.equal((await travel(new Maths().instance))(2), 8);
  const getter = Object.getOwnPropertyDescriptor(object, "value")!.get!;
  assert.equal((await travel(getter))(), 5);
});

test("describeCallable() names functions of the runtime by the path from a global", async () => {
  for (
    const fn of [
      Math.sqrt,
      parseInt,
      String,
      JSON.stringify,
      Array.from,
      fetch,
      console.log,
      Buffer.from,
    ] as AnyFunction[]
  ) {
    const descriptor = await describe(fn);
    assert.equal(descriptor.kind, "text");
    assert.equal(await materialize(structuredClone(descriptor)), fn);
  }
  assert.deepEqual(await describe(Math.sqrt), {
    kind: "text",
    name: "Math.sqrt",
    text: "Math.sqrt",
  });
});

test("describeCallable() asks for no name that a compiler's helper has", async () => {
  const texts: [text: string, args: unknown[], expected: unknown][] = [
    [
      `(x) => { const f = /* @__PURE__ */ __name(() => x, "kept"); return f.name + __name2(f, "b").name }`,
      [1],
      "keptb",
    ],
    [
      `(x) => { class A { constructor() { __publicField(this, "v", x) } } return new A().v }`,
      [1],
      1,
    ],
    [`(a) => __spreadProps(__spreadValues({}, a), { b: 2 })`, [{ a: 1 }], { a: 1, b: 2 }],
    [`(_a) => { var { a } = _a, rest = __objRest(_a, ["a"]); return rest }`, [{ a: 1, b: 2 }], {
      b: 2,
    }],
    [`(a, b) => __pow(a, b)`, [2, 3], 8],
    [`(a) => __assign(__assign({}, a), { c: 3 })`, [{ a: 1 }], { a: 1, c: 3 }],
    [`(a) => __spreadArray(__spreadArray([], a, true), [9], false)`, [[1, 2]], [1, 2, 9]],
    [`(a) => tslib_1.__rest(a, ["x"])`, [{ x: 1, y: 2 }], { y: 2 }],
    [`(x) => { cov_1abc().s[0]++; cov_1abc().b[1][0]++; return (cov_1abc().f[2]++, x) }`, [4], 4],
    [
      `(x) => { var _p; class A { constructor() { __privateAdd(this, _p, x) } get() { return __privateGet(this, _p) } } _p = new WeakMap(); return new A().get() }`,
      [6],
      6,
    ],
  ];
  for (const [text, args, expected] of texts) {
    const copy = await travel(written(text));
    assert.deepEqual(copy(...args), expected, text);
  }
});

test("describeCallable() takes compiled async functions, generators and `using`", async () => {
  const asyncFunction = await travel(written(
    `(x) => __async(null, null, function* () { try { yield Promise.reject(new Error("e")) } catch (e) { return (yield x) + e.message } })`,
  ));
  assert.equal(await asyncFunction(Promise.resolve("1")), "1e");
  const awaiter = await travel(written(
    `function (x) { return __awaiter(this, void 0, void 0, function* () { return (yield x) + 1 }) }`,
  ));
  assert.equal(await awaiter(Promise.resolve(1)), 2);
  const es5 = await travel(written(
    `function (n) { var i, e_1; return __generator(this, function (_a) { switch (_a.label) {
      case 0: _a.trys.push([0, 4, 5, 6]); i = 0; _a.label = 1;
      case 1: if (!(i < n)) return [3 /*break*/, 3]; return [4 /*yield*/, i];
      case 2: if (_a.sent() === "stop") throw new Error("stopped"); i++; return [3 /*break*/, 1];
      case 3: return [3 /*break*/, 6];
      case 4: e_1 = _a.sent(); return [2 /*return*/, e_1.message];
      case 5: n = -1; return [7 /*endfinally*/];
      case 6: return [5 /*yield**/, __values([n, n])];
      case 7: _a.sent(); return [2 /*return*/];
    } }); }`,
  ));
  assert.deepEqual([...es5(2)], [0, 1, -1, -1]);
  const stopped = es5(9);
  stopped.next();
  assert.deepEqual(stopped.next("stop"), { value: "stopped", done: true });
  const asyncGenerator = await travel(written(
    `function (xs) { return __asyncGenerator(this, arguments, function* () { const y = yield new __await(1); yield y; yield* __yieldStar(xs) }) }`,
  ));
  const seen: unknown[] = [];
  for await (const item of asyncGenerator([2, 3])) seen.push(item);
  assert.deepEqual(seen, [1, 2, 3]);
  const using = await travel(written(
    `(log) => { var _stack = []; try { const a = __using(_stack, { [Symbol.for("Symbol.dispose")]() { log.push("a") }, [Symbol.dispose ?? ""]() { log.push("a") } });
      log.push("body"); return log } catch (_) { var _error = _, _hasError = true } finally { __callDispose(_stack, _error, _hasError) } }`,
  ));
  assert.deepEqual(using([]), ["body", "a"]);
  const disposing = await travel(written(
    `(log) => { const env = { stack: [], error: void 0, hasError: false }; try { const a = __addDisposableResource(env, { [Symbol.dispose]() { log.push("a"); throw 1 } }, false); throw 2 }
      catch (e) { env.error = e; env.hasError = true } finally { __disposeResources(env) } }`,
  ));
  assert.throws(() => disposing([]), { name: "SuppressedError", error: 1, suppressed: 2 });
});

test("describeCallable() answers at once, and with the same object, what it described before", async () => {
  const make = (): (x: number) => number => (x: number) => [x].map((y) => y + 1)[0] ?? 0;
  const first = await describe(make());
  assert.equal(describeCallable(make(), "fn", nowhere), first);
  const named = (x: number): number => x + 12345;
  const descriptor = describeCallable(
    named,
    "fn",
    () => assert.fail("the call site is not needed"),
  );
  assert.ok(!(descriptor instanceof Promise), "a plain function needs no parser");
  assert.equal(describeCallable(named, "fn", nowhere), descriptor);
  await loadAnalyzer();
  assert.ok(
    !(describeCallable((x: number[]) => x.map((y) => y * 54321), "fn", nowhere) instanceof Promise),
  );
});
