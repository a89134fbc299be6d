/** The line of a bar, and how it gets into a narrow terminal. */

import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { mainLine, taskLine } from "../../src/progress/bar_line.ts";
import type { Progress } from "../../src/progress/state.ts";
import { cutLine, plainLine, widthOf } from "../../src/progress/text_width.ts";

const half: Progress = {
  done: 450,
  total: 1000,
  failed: 3,
  elapsedMs: 36_600,
  rate: 12.3,
  remainingMs: 44_700,
  tasks: [],
};

function lineIn(width: number, changes: Partial<Progress> = {}, label = "rows"): string {
  return mainLine(label, { ...half, ...changes }, false, width);
}

test("a line has everything where there is room, and its bar has at most 40 columns", () => {
  const bar = "█".repeat(18) + "░".repeat(22);
  assertEquals(lineIn(120), `rows ${bar} 45% | 450/1000 | 12/s | 45s left | 3 failed`);
  assertEquals(
    lineIn(120, { rate: 1.25 }, ""),
    `${bar} 45% | 450/1000 | 1.3/s | 45s left | 3 failed`,
  );
  const over = mainLine("", { ...half, done: 1000, remainingMs: 0, failed: 0 }, true, 120);
  assertEquals(over, `${"█".repeat(40)} 100% | 1000/1000 | 12/s | in 37s`);
});

test("a line without an end tells its time", () => {
  assertEquals(
    lineIn(120, { total: null, remainingMs: null }),
    "rows 450 done | 12/s | in 37s | 3 failed",
  );
  assertEquals(
    lineIn(120, { rate: 0, remainingMs: null, failed: 0, done: 0 }).slice(-28),
    "0% | 0/1000 | 0.0/s | ? left",
  );
  assertEquals(lineIn(60, { remainingMs: 7_509_000, failed: 0 }).slice(-12), "2:05:09 left");
});

test("what is not over is not at 100%, and nothing of nothing is all", () => {
  assert(lineIn(120, { done: 999 }).includes(" 99% | 999/1000 "));
  assert(lineIn(120, { done: 0, total: 0 }).includes("█ 100% | 0/0 "));
});

test("in a narrow terminal the bar shrinks, then the rate goes, then the time, then the rest", () => {
  const shapes = new Set<string>();
  for (let width = 120; width >= 1; width--) {
    const line = lineIn(width);
    assert(widthOf(line) <= width, `${width}: ${line}`);
    shapes.add(line.replace(/[█░]+/, "#"));
  }
  assertEquals([...shapes].slice(0, 7), [
    "rows # 45% | 450/1000 | 12/s | 45s left | 3 failed",
    "rows # 45% | 450/1000 | 45s left | 3 failed",
    "rows # 45% | 450/1000 | 3 failed",
    "rows 45% | 450/1000 | 3 failed",
    "rows 45% | 450/1000",
    "rows 45%",
    "rows 4…",
  ]);
  assertEquals(lineIn(39), "rows ███░░░░░ 45% | 450/1000 | 3 failed");
});

test("a label is cut where it would take all, between characters", () => {
  const label = "報告書を作成しています".repeat(3);
  for (let width = 1; width <= 100; width++) {
    const line = lineIn(width, {}, label);
    assert(widthOf(line) <= width, `${width}: ${line}`);
    assert(line.isWellFormed?.() ?? true);
  }
  assertEquals(lineIn(20, {}, label), "報告書を… 45%");
  assertEquals(lineIn(40, { failed: 0 }, "x".repeat(100)).slice(0, 21), `${"x".repeat(19)}… `);
  assertEquals(
    lineIn(60, {}, "two\nlines \x1b[31mred\x07\u202E").startsWith("two lines red  "),
    true,
  );
});

test("a task has a line of its own, further in", () => {
  const task = { task: 7, fn: "train", worker: "PoolWorker-2", item: 3, done: 2.5, total: 10 };
  assertEquals(
    taskLine(task, 60),
    `  train PoolWorker-2 ${"█".repeat(6)}${"░".repeat(19)} 25% | 2.50/10`,
  );
  assertEquals(taskLine({ ...task, total: null }, 60), "  train PoolWorker-2 2.50 done");
  assertEquals(taskLine(task, 20), "  train P… 25%");
});

test("widths are those of terminals", () => {
  const widths = {
    "": 0,
    abc: 3,
    "é": 1,
    "e\u0301": 1,
    "漢字": 4,
    "한글": 4,
    "ｱ": 1,
    "🙂": 2,
    "👩‍👩‍👧": 2,
    "🇩🇪": 2,
    "❤️": 2,
    "→": 1,
  };
  for (const [text, width] of Object.entries(widths)) assertEquals(widthOf(text), width, text);
  assertEquals([1, 2, 3, 4, 5].map((most) => cutLine("漢字x", most)), [
    "…",
    "…",
    "漢…",
    "漢…",
    "漢字x",
  ]);
  assertEquals(cutLine("👩‍👩‍👧👩‍👩‍👧", 3), "👩‍👩‍👧…");
  assertEquals(plainLine("a\r\n\tb\u2028c"), "a b c");
});
