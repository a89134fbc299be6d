/**
 * How functions and classes are named for another process, and made again there. Everything here
 * runs in one process, except where a program's own top level is the point.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import {
  callSiteModules,
  dropsTailCalls,
  LIBRARY_PREFIX,
  libraryPrefix,
} from "../../src/callable/call_site.ts";
import { capture } from "../../src/callable/capture.ts";
import { packFunction } from "../../src/callable/pack_function.ts";
import { packClass } from "../../src/callable/pack_class.ts";
import type { PackedFunction, PackedRef } from "../../src/callable/packed_function.ts";
import { unpackFunction } from "../../src/callable/unpack_function.ts";
import {
  exportedNames,
  importedModules,
  importsFrom,
  isOnlyAsked,
  mayExportSubclasses,
} from "../../src/callable/module_source.ts";
import { exportsSoFar } from "../../src/callable/exports_so_far.ts";
import { isSurelySelfContained } from "../../src/callable/self_contained.ts";
import { ref } from "../../src/callable/ref.ts";
import { register } from "../../src/callable/register.ts";
import { loadAnalyzer } from "../../src/callable/analyze_once.ts";
import type { AnyFunction, Callable } from "../../src/callable/callable.ts";
import { keyOfClass } from "../../src/codec/registry.ts";
import { FreeVariableError, MultiprocessingError } from "../../src/errors.ts";
import { runtime } from "../../src/runtime/current.ts";
import plainDefault, * as exportsFixture from "../fixtures/callable_exports.ts";
import { RUN } from "../fixtures/error_classes_mark.ts";
import { Friend, scaledAgain } from "../fixtures/callable_friend.ts";
import { registered } from "../fixtures/callable_registered.ts";

const LIBRARY = new URL("../../src/", import.meta.url).href;
const EXPORTS = new URL("../fixtures/callable_exports.ts", import.meta.url).href;
const FRIEND = new URL("../fixtures/callable_friend.ts", import.meta.url).href;
const REGISTERED = new URL("../fixtures/callable_registered.ts", import.meta.url).href;

/** Variables of this module, for functions that use them. */
const outerNumber = 3;
const outerObject = { factor: 2 };

function nowhere(): readonly string[] {
  return [];
}

async function pack(fn: unknown, sites: readonly string[] = []): Promise<PackedFunction> {
  return await packFunction(fn, "fn", () => sites);
}

/**
 * The function as another process would have it: its packed is copied, so nothing but data
 * crosses.
 */
async function travel<F extends AnyFunction>(fn: F): Promise<F> {
  const packed = structuredClone(await pack(fn));
  assert.equal(packed.kind, "text");
  return await unpackFunction(packed) as F;
}

/** Functions by their text, so that no runtime's compiler writes them anew. */
// deno-lint-ignore no-explicit-any
function written(text: string): any {
  return (0, globalThis.eval)(`(${text})`);
}

async function refusal(fn: unknown, sites: readonly string[] = []): Promise<FreeVariableError> {
  try {
    await pack(fn, sites);
  } catch (error) {
    assert.ok(error instanceof FreeVariableError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: "the function was not refused" });
}

async function outerNames(text: string): Promise<string[]> {
  return (await refusal(written(text))).variables.map(({ name }) => name);
}

// Functions without outer variables

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

// Functions with outer variables

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

// By name

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
    (await readdir(runtime.host.files.temporary)).filter((name) =>
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

test("ref() names a member of a module, by an absolute URL only", async () => {
  const url = new URL("../fixtures/callable_exports.ts", import.meta.url);
  const scaled = ref<typeof exportsFixture.scaled>(url, "scaled");
  const packed = await pack(scaled);
  assert.deepEqual(packed, { kind: "ref", url: EXPORTS, name: "scaled" });
  assert.equal(await pack(ref(EXPORTS, "scaled")), packed);
  assert.equal((await unpackFunction(packed))(1), `102${sep}`);
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

test("register() names functions and classes that a module does not export", async () => {
  const shift = await pack(registered.shift);
  assert.deepEqual(shift, { kind: "ref", url: REGISTERED, name: "shift" });
  assert.equal(await unpackFunction(structuredClone(shift)), registered.shift);
  assert.deepEqual(await packClass(registered.Point, nowhere), {
    kind: "ref",
    url: REGISTERED,
    name: "Point",
  });
  assert.equal(keyOfClass(registered.Point), `${REGISTERED}#Point`);
  assert.equal(keyOfClass(registered.shift), undefined);
  const moved = unpackFunction({ kind: "ref", url: REGISTERED, name: "moved" });
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
  return assert.rejects(async () => await pack(fresh), FreeVariableError);
});

test("capture() sends variables along", async () => {
  const factor = 3;
  const variables = { factor, list: [1, 2] };
  const captured = capture(variables, written("(x) => list.map((y) => x * y * factor)"));
  variables.factor = 99;
  const packed = await pack(captured);
  assert.deepEqual(packed, {
    kind: "capture",
    name: "",
    text: "(x) => list.map((y) => x * y * factor)",
    variables: { factor: 3, list: [1, 2] },
  });
  assert.equal(await pack(captured), packed);
  assert.deepEqual((await unpackFunction(structuredClone(packed)))(2), [6, 12]);
});

test("capture() keeps what a worker assigns, apart for each worker", async () => {
  const packed = await pack(capture({ count: 0 }, written("() => ++count")));
  const one = await unpackFunction(packed);
  const two = await unpackFunction(packed);
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
  const packed = await pack(
    capture({ helper, scaled, Point, sqrt: Math.sqrt, inner }, written(text)),
  );
  const copy = await unpackFunction(structuredClone(packed));
  assert.deepEqual(copy(4), [5, `108${sep}`, 7, 2, 9]);
  await assert.rejects(
    async () => await pack(capture({ f: () => outerNumber }, written("() => f()"))),
    FreeVariableError,
  );
  await assert.rejects(
    async () => await pack(capture({ Local: class {} }, written("() => new Local()"))),
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

// The call site

test("callSiteModules() gives the modules on the stack, without this library", async () => {
  const here = import.meta.url;
  assert.equal(callSiteModules()[0], here);
  assert.deepEqual(callSiteModules(here).filter((url) => url === here), []);
  assert.ok(callSiteModules("none:")[0]?.endsWith("/src/callable/call_site.ts"));
  assert.ok(callSiteModules(LIBRARY).every((url) => /^(file|https?):/.test(url)));
  class Caller {
    sites: string[];
    constructor() {
      this.sites = callSiteModules(LIBRARY);
    }
  }
  assert.equal(new Caller().sites[0], here);
  async function later(): Promise<string[]> {
    await Promise.resolve();
    const sites = callSiteModules(LIBRARY);
    return sites;
  }
  assert.equal((await later())[0], here);
  assert.equal([1].map(() => callSiteModules(LIBRARY)[0])[0], here);
});

test("libraryPrefix() knows this library's modules from a user's bundle", () => {
  assert.equal(LIBRARY_PREFIX, LIBRARY);
  const packaged = "file:///app/node_modules/@allcores/multiprocessing/dist/";
  assert.equal(libraryPrefix(`${packaged}chunk-ABC.js`), packaged);
  const remote = "https://jsr.io/@allcores/multiprocessing/0.1.0/src/";
  assert.equal(libraryPrefix(`${remote}callable/call_site.ts`), remote);
  assert.equal(libraryPrefix("file:///app/dist/main.js"), "none:");
});

test("dropsTailCalls() tells whether `return f()` leaves a trace", () => {
  const run = written(
    "(sites) => { 'use strict'; function inner() { return sites() } return [inner()] }",
  );
  const [frames] = run(() => new Error().stack);
  assert.equal(dropsTailCalls(), !/\binner\b/.test(frames));
});

test("callSiteModules() does not touch, and does not need, a program's settings of Error", () => {
  const host = Error as unknown as Record<string, unknown>;
  const { stackTraceLimit, prepareStackTrace } = host;
  const own = (): string => "mine";
  try {
    for (const limit of [0, undefined, "many"]) {
      host.stackTraceLimit = limit;
      host.prepareStackTrace = own;
      const [first] = callSiteModules(LIBRARY);
      const [second] = callSiteModules(LIBRARY);
      assert.equal(first, import.meta.url);
      assert.equal(second, import.meta.url);
      assert.equal(host.stackTraceLimit, limit);
      assert.equal(host.prepareStackTrace, own);
    }
  } finally {
    host.stackTraceLimit = stackTraceLimit;
    host.prepareStackTrace = prepareStackTrace;
  }
});

test("callSiteModules() and exports work for modules with odd names", async () => {
  const folder = await mkdtemp(join(tmpdir(), "allcores 100% (ü) #"));
  try {
    const file = join(folder, "a b%41 (é)#.mjs");
    const source =
      "let n = 2; n += 0; export function odd(x) { return x + n } export function call(f) { try { return f() } finally { n; } }\n";
    await writeFile(file, source + "export const url = import.meta.url;");
    const module = await import(pathToFileURL(file).href);
    const sites = module.call(() => {
      const found = callSiteModules(LIBRARY);
      return found;
    });
    assert.ok(sites.includes(module.url), sites.join());
    const packed = await pack(module.odd, [module.url]);
    assert.deepEqual(packed, { kind: "ref", url: module.url, name: "odd" });
    assert.equal(await unpackFunction(packed), module.odd);
  } finally {
    await rm(folder, { recursive: true });
  }
});

// The check without a parser

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

// Types: this is checked by the compiler, and never called.

declare function apply<A extends unknown[], R>(fn: Callable<A, R>, args: A): Promise<Awaited<R>>;
declare function map<T, R>(fn: Callable<[T], R>, items: Iterable<T>): Promise<Awaited<R>[]>;

export async function typesAreInferred(): Promise<void> {
  const resize = (size: number, _name: string): Promise<string> => Promise.resolve(String(size));
  const url = new URL("./x.ts", import.meta.url);
  const a: string = await apply(resize, [1, "x"]);
  const b: string = await apply(ref<typeof resize>(url, "resize"), [1, "x"]);
  const c: number[] = await map((x: number) => x * 2, [1]);
  const d: string[] = await map(ref<typeof exportsFixture.scaled>(url, "scaled"), [1]);
  const e: number[] = await map(capture({ factor: 2 }, (x: number) => x * outerNumber), [1]);
  const f: number[] = await map((x) => x * 2, [1, 2]);
  // @ts-expect-error the argument is a number
  await map(ref<typeof exportsFixture.scaled>(url, "scaled"), ["x"]);
  // @ts-expect-error there must be two arguments
  await apply(ref<typeof resize>(url, "resize"), [1]);
  // @ts-expect-error the result is a text
  const g: number[] = await map(ref<typeof exportsFixture.scaled>(url, "scaled"), [1]);
  const h: Callable = ref(url, "anything");
  void [a, b, c, d, e, f, g, h];
}
