/** Functions without outer variables go by their text, and are what they were on the other side. */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { loadAnalyzer } from "../../src/callable/analyze_once.ts";
import type { AnyFunction } from "../../src/callable/callable.ts";
import { packFunction } from "../../src/callable/pack_function.ts";
import { isSurelySelfContained } from "../../src/callable/self_contained.ts";
import { unpackFunction } from "../../src/callable/unpack_function.ts";
import { nowhere, pack, travel, written } from "../support/packing.ts";

/** Of this module, for functions that use it. */
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
  test(`packFunction() takes a function by its text: ${what}`, async () => {
    const copy = await travel(fn);
    assert.notEqual(copy, fn);
    assert.equal(copy.name, fn.name);
    assert.deepEqual(copy(...args), expected);
  });
}

test("packFunction() takes async functions and generators by their text", async () => {
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

test("packFunction() takes functions that use globals of any runtime", async () => {
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

test("packFunction() takes methods, getters and members of classes by their text", async () => {
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

test("packFunction() names functions of the runtime by the path from a global", async () => {
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
    const packed = await pack(fn);
    assert.equal(packed.kind, "text");
    assert.equal(await unpackFunction(structuredClone(packed)), fn);
  }
  assert.deepEqual(await pack(Math.sqrt), {
    kind: "text",
    name: "Math.sqrt",
    text: "Math.sqrt",
  });
});

test("packFunction() answers at once, and with the same object, what it packed before", async () => {
  const make = (): (x: number) => number => (x: number) => [x].map((y) => y + 1)[0] ?? 0;
  const first = await pack(make());
  assert.equal(packFunction(make(), "fn", nowhere), first);
  const named = (x: number): number => x + 12345;
  const packed = packFunction(
    named,
    "fn",
    () => assert.fail("the call site is not needed"),
  );
  assert.ok(!(packed instanceof Promise), "a plain function needs no parser");
  assert.equal(packFunction(named, "fn", nowhere), packed);
  await loadAnalyzer();
  assert.ok(
    !(packFunction((x: number[]) => x.map((y) => y * 54321), "fn", nowhere) instanceof Promise),
  );
});

test("isSurelySelfContained() never takes a function with outer variables", async () => {
  const analyze = await loadAnalyzer();
  const sure = [
    "(x) => x * x",
    "async (x, y) => { const z = await x; return z + y }",
    "function work(n) { let sum = 0; for (let i = 0; i < n; i++) { sum += i / 2; } return sum; }",
    "x => Math.sqrt(x) + console.log(`no`.length)".replace("`no`", "'no'"),
    "(a, ...rest) => { for (const x of rest) { if (x instanceof Error) throw x } return a?.b.c }",
    "() => { try { return JSON.parse('{') } catch (e) { return e.message } }",
    "() => new Array(3).fill(0)",
  ];
  for (const text of sure) {
    assert.equal(isSurelySelfContained(text), true, text);
    assert.deepEqual(analyze(text, "").free, [], text);
  }
  const unsure = [
    "(x) => x * y",
    "(x) => of(x)",
    "(x) => { for (let i = 0; i < 2; i++) {} return i }",
    "(x) => { for (let i = 0; i < x; i++) i; return x }",
    "(x) => { { const inner = 1 } return inner }",
    "() => new.target",
    "() => this",
    "() => arguments",
    "(x) => x.map((y) => z)",
    "(x) => `${y}`",
    "(x) => /y/.test(x)",
    "(a = b) => { const b = 1 }",
    "foo(x) { return x }",
    "(x) => ({ x, y })",
    "() => { try { } catch (e) { } return e }",
    "() => eval('outer')",
    "() => new Event()",
    "() => Array('i', 5)",
    "(x) => \\u0079",
    "x => ü",
  ];
  for (const text of unsure) assert.equal(isSurelySelfContained(text), false, text);
  assert.equal(isSurelySelfContained("(x) => x * y", ["y"]), true);
  assert.equal(isSurelySelfContained("(x) => x * y + z", ["y"]), false);
});
