import { test } from "node:test";
import { assertEquals } from "@std/assert";
import {
  at,
  type Better,
  type Column,
  every,
  figureOf,
  isMet,
  overBare,
  settled,
  spread,
  targetOn,
  windowsOf,
} from "../../scripts/bench/columns.ts";
import { growingPoints } from "../../scripts/bench/growth.ts";
import { takeWindows } from "../../scripts/bench/timing.ts";
import { parseBailouts } from "../../scripts/bench/traces.ts";

/** Three programs, the last of which was given up after two windows. */
const RUNS = [{ windows: [9, 4, 2, 3] }, { windows: [8, 5, 2, 1] }, { windows: [30, 6] }];
const BARE = [{ windows: [10, 10] }, { windows: [20, 10] }, { windows: [10, 20] }];

function figure(column: Column, better: Better = "lower"): number[] | null {
  const found = figureOf(column, better, RUNS, BARE);
  return found === null ? null : [found.median, found.worst];
}

test("windowsOf has the median and the worst of the programs that came so far", () => {
  const windows = windowsOf(RUNS, "lower").map(({ median, worst }) => [median, worst]);
  assertEquals(windows, [[9, 30], [5, 6], [2, 2], [2, 3]]);
  assertEquals(windowsOf(RUNS, "higher").map(({ worst }) => worst), [8, 4, 2, 1]);
  assertEquals(windowsOf([], "lower"), []);
});

test("a column is one window, the worst of several, or the one in the middle", () => {
  assertEquals(figure(at(1)), [9, 30]);
  assertEquals(figure(every(2)), [5, 6]);
  assertEquals(figure(every(1), "higher"), [2, 1]);
  assertEquals(figure(settled(3)), [2, 3]);
  assertEquals(figure(at(5)), null);
});

test("a column compares with the bare runtime's same window, or the programs with each other", () => {
  assertEquals(figure(overBare(1)), [0.9, 3]);
  assertEquals(figure(overBare(3)), [0.2, 0.3]);
  assertEquals(figureOf(overBare(1), "lower", RUNS, []), null);
  assertEquals(figure(spread()), [30 / 9, 30 / 9]);
});

test("a target is met at its very figure, for each runtime its own, and never by nothing", () => {
  assertEquals([5, 5.1].map((median) => isMet({ median, worst: 99 }, 5, "lower")), [true, false]);
  assertEquals([5, 4.9].map((median) => isMet({ median, worst: 0 }, 5, "higher")), [true, false]);
  assertEquals(isMet(null, 5, "lower"), false);
  const column = at(1, { deno: 1, bun: 2, node: 3 });
  assertEquals(["deno", "bun", "node", "python"].map((name) => targetOn(name, column)), [
    1,
    2,
    3,
    null,
  ]);
  assertEquals(targetOn("bun", at(1, 7)), 7);
  assertEquals(targetOn("bun", at(1)), null);
});

test("takeWindows takes the first figure in any case, and no more than there is time for", async () => {
  let figure = 0;
  const take = () => Promise.resolve(++figure);
  assertEquals(await takeWindows(3, { budget: 60_000, workers: 2 }, take), [1, 2, 3]);
  assertEquals(await takeWindows(3, { budget: 60_000, workers: 2, windows: 2 }, take), [4, 5]);
  assertEquals(await takeWindows(3, { budget: -1, workers: 2 }, take), [6]);
});

test("parseBailouts finds functions and reasons in V8's traces", () => {
  const trace = `
[bailout (kind: deopt-eager, reason: not a Smi): begin. deoptimizing 0x1 <JSFunction #room (sfi = 0x2)>, 0x3 <Code TURBOFAN_JS>, opt id 1]
[marking dependent code 0x4 for deoptimization, reason: code dependencies]
[bailout (kind: deopt-lazy, reason: (unknown)): begin. deoptimizing 0x5 <JSFunction (sfi = 0x6)>, 0x7 <Code MAGLEV>]`;
  assertEquals(parseBailouts(trace), [
    { name: "#room", reason: "not a Smi" },
    { name: "(anonymous)", reason: "(unknown)" },
  ]);
});

test("growingPoints are those where a unit costs more than where there were fewer", () => {
  const points = [[1, 10], [2, 4], [4, 5], [8, 5.1], [16, null], [32, 9]] as const;
  const found = growingPoints(points.map(([point, cost]) => ({ point, cost })));
  assertEquals(found, [8, 32]);
});
