import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import type { Growth } from "../../scripts/bench/growth.ts";
import { drawChart } from "../../scripts/bench/pictures/chart.ts";
import { lookOfLibrary, lookOfRuntime } from "../../scripts/bench/pictures/looks.ts";
import { escaped, linePath, markerPath, MARKERS } from "../../scripts/bench/pictures/path.ts";
import { picturesOf } from "../../scripts/bench/pictures/pictures.ts";
import { readRun, type SavedRun } from "../../scripts/bench/pictures/saved_run.ts";
import { isDrawable, justFrom, wholeDecades } from "../../scripts/bench/pictures/scale.ts";
import { thinned } from "../../scripts/bench/pictures/thinned.ts";

test("an axis of whole decades has its values in it, and as much room for each decade", () => {
  const scale = wholeDecades([0.03, 7], { start: 100, end: 0 });
  assertEquals(scale.decades, [0.01, 0.1, 1, 10]);
  assertEquals(scale.decades.map((value) => Math.round(scale.place(value))), [100, 67, 33, 0]);
  assertEquals(scale.between.length, 3 * 8);
  assertEquals(wholeDecades([1, 100], { start: 0, end: 1 }).decades, [1, 10, 100]);
  assertEquals(wholeDecades([10, 10], { start: 0, end: 1 }).decades, [10, 100]);
});

test("an axis just from the least value to the most has the decades between them", () => {
  const scale = justFrom([5, 60, 20], { start: 0, end: 100 });
  assertEquals([scale.place(5), scale.place(60)], [0, 100]);
  assertEquals(scale.decades, [10]);
  assertEquals(scale.between, [5, 6, 7, 8, 9, 20, 30, 40, 50, 60]);
  assertEquals(justFrom([1], { start: 0, end: 1 }).decades, [1, 10]);
});

test("what is not above 0 stands on no such axis", () => {
  assertEquals([null, 0, -1, NaN, Infinity, 1e-9].filter(isDrawable), [1e-9]);
  assertThrows(
    () => wholeDecades([0, -1, NaN], { start: 0, end: 1 }),
    RangeError,
    "nothing above 0",
  );
  assertEquals(justFrom([0, 1, 10], { start: 0, end: 1 }).decades, [1, 10]);
});

test("a line is broken where a place is missing", () => {
  assertEquals(
    linePath([[0, 1], [2.04, 3.06], null, null, [4, -0.04], [5, 6]]),
    "M0 1L2 3.1M4 0L5 6",
  );
  assertEquals(linePath([]), "");
  assertEquals(linePath([null]), "");
});

test("each marker is drawn at each place, and looks different", () => {
  const drawn = MARKERS.map((marker) => markerPath(marker, [[10, 10], null, [20, 10]]));
  assertEquals(new Set(drawn).size, MARKERS.length);
  for (const path of drawn) assertEquals(/^[MLaZ\d .-]+$/.test(path), true, path);
  assertEquals(markerPath("square", [[10, 10]]), "M7.1 7.1L12.9 7.1L12.9 12.9L7.1 12.9Z");
  assertEquals(markerPath("plus", [[10, 10]]), "M10 6.2L10 13.8M6.2 10L13.8 10");
});

test("texts say what they said, whatever is in them", () => {
  assertEquals(escaped(`a < b & "c" > d`), "a &lt; b &amp; &quot;c&quot; &gt; d");
  assertEquals(escaped("no \x00\x1b[31mcontrol\x1f"), "no [31mcontrol");
});

test("the first windows stand for themselves, later ones together", () => {
  const values = Array.from({ length: 60 }, (_, i) => i + 1);
  const found = thinned(values);
  assertEquals(found.slice(0, 10), values.slice(0, 10).map((value) => [value, value]));
  // The value is the number of its window here.
  assertEquals(found.filter(([window, value]) => window !== value), []);
  assertEquals(found[10], [11.5, 11.5]);
  assertEquals(found.length < 25, true);
  assertEquals(found.at(-1)![0] <= 60, true);
  assertEquals(thinned([]), []);
});

test("libraries differ in their colour and marker, start methods in their strokes", () => {
  const names = ["ours", "piscina", "tinypool", "workerpool", "poolifier", "multiprocessing"];
  for (const key of ["color", "marker"] as const) {
    assertEquals(new Set(names.map((name) => lookOfLibrary(name, "thread")[key])).size, 6);
    const runtimes = ["deno", "bun", "node"].map((name) => lookOfRuntime(name, "thread")[key]);
    assertEquals(new Set(runtimes).size, 3);
  }
  assertEquals(lookOfLibrary("ours", "process").dash, "");
  assertEquals(lookOfLibrary("ours", "thread").dash === "", false);
});

const windows = [40, 9, 5, 5].map((median) => ({ median, worst: 2 * median }));
const measured = {
  measurement: "call",
  title: "a call <one after the other>",
  condition: "quiet",
  unit: "µs",
  better: "lower",
  library: "ours",
  runtime: "node",
  method: "process",
  kind: "own",
  programs: 3,
  windows,
} as const;
const growth: Growth = {
  curve: "grow-map",
  title: "map of so many numbers",
  unit: "µs an item",
  runtime: "bun",
  method: "thread",
  points: [{ point: 1000, cost: 3 }, { point: 1e7, cost: null, failure: "none" }, {
    point: 1e6,
    cost: 0.2,
  }],
};
const run: SavedRun = {
  machine: "linux x64, 2 cores; node 24.0.0 & others",
  date: "2026-01-31",
  results: [
    measured,
    { ...measured, method: "thread" },
    { ...measured, library: "piscina", kind: "peer", method: "thread" },
    { ...measured, library: "multiprocessing", runtime: "python", kind: "peer", method: "fork" },
    { ...measured, library: "spin", kind: "limit", method: "thread" },
    { ...measured, condition: "busy" },
    { ...measured, measurement: "start-up", windows: windows.slice(0, 1) },
    growth,
    { ...growth, runtime: "deno" },
  ],
};

test("a run has a picture for each measurement with several windows, and for each curve", () => {
  const pictures = picturesOf(run);
  assertEquals(pictures.map(({ name }) => name), [
    "bench_call.svg",
    "bench_call_busy.svg",
    "bench_grow_map.svg",
  ]);
  for (const { svg } of pictures) {
    assertEquals(svg.length < 100_000, true);
    assertEquals(/<script|href|url\(|NaN|undefined|Infinity/.test(svg), false);
    for (const text of ["<title ", "<desc ", "prefers-color-scheme:dark", "2026-01-31: linux"]) {
      assertEquals(svg.includes(text), true, text);
    }
    assertEquals(/ & |<one/.test(svg), false);
  }
});

test("a comparison has a panel for each runtime that was measured, with Python in it", () => {
  const [{ svg }] = picturesOf(run);
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
  for (
    const text of ["Node", "ours, processes", "ours, threads", "piscina, threads", "Python, fork"]
  ) {
    assertEquals(texts.filter((one) => one === text).length, 1, text);
  }
  for (const text of ["Deno", "Bun", "spin, threads"]) {
    assertEquals(texts.includes(text), false, text);
  }
  assertEquals(texts.includes("A call &lt;one after the other&gt;"), true);
  assertEquals(["1 µs", "10 µs", "100 µs"].filter((text) => texts.includes(text)).length, 3);
  assertEquals(svg.includes("ours, threads: 40.0 µs at window 1, 5.00 µs at window 4"), true);
});

test("a run is read as it was saved, also with what npm prints before it", () => {
  assertEquals(readRun(JSON.stringify(run)), run);
  assertEquals(readRun(`\n> bench\n> node main.ts\n\n${JSON.stringify(run, null, 2)}\n`), run);
  const wrong = [
    "{}",
    '{"machine":"m","date":"d"}',
    '{"machine":"m","date":"d","results":[{"windows":[]}]}',
    '{"machine":"m","date":"d","results":[{"title":"deopts"}]}',
  ];
  for (const text of wrong) assertThrows(() => readRun(text), Error);
});

test("a chart without anything above 0 is refused", () => {
  const look = lookOfRuntime("node", "thread");
  const lines = [{ label: "a", look, points: [[1, null], [2, 0]] as const }];
  const chart = {
    title: "t",
    about: "a",
    panels: [{ title: "", lines }],
    nameX: "",
    showX: String,
    showY: String,
    machine: "m",
  };
  assertThrows(() => drawChart(chart), RangeError, "nothing above 0");
});
