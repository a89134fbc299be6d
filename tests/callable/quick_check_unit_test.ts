/**
 * The check that needs no parser: it may miss that a function is closed, and never takes one with
 * outer variables for closed.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { loadAnalyzer } from "../../src/callable/analyzer.ts";
import { isSurelyClosed } from "../../src/callable/quick_check.ts";

test("isSurelyClosed() never takes a function with outer variables", async () => {
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
    assert.equal(isSurelyClosed(text), true, text);
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
  for (const text of unsure) assert.equal(isSurelyClosed(text), false, text);
  assert.equal(isSurelyClosed("(x) => x * y", ["y"]), true);
  assert.equal(isSurelyClosed("(x) => x * y + z", ["y"]), false);
});
