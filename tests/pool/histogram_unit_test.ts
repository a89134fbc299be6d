import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { Histogram } from "../../src/pool/schedule/histogram.ts";
import { record } from "../support/transcript.ts";

test("Histogram of nothing gives zeros", () => {
  assertEquals(new Histogram().percentiles, { p50: 0, p90: 0, p99: 0, max: 0 });
});

test("Histogram's percentiles are good to 7 %, its maximum is exact", () => {
  const histogram = new Histogram();
  for (let ms = 1; ms <= 1000; ms++) histogram.add(ms);
  const { p50, p90, p99, max } = histogram.percentiles;
  for (const [value, expected] of [[p50, 500], [p90, 900], [p99, 990]]) {
    assert(Math.abs(value - expected) <= expected * 0.07, `${value} for ${expected}`);
  }
  assertEquals(max, 1000);
});

test("Histogram counts a duration as often as it is told", () => {
  const histogram = new Histogram();
  histogram.add(1, 98);
  histogram.add(50, 2);
  const { p50, p90, p99, max } = histogram.percentiles;
  assert(p50 < 1.07 && p90 < 1.07, `${p50} ${p90}`);
  assert(p99 > 46 && p99 <= 50, `${p99}`);
  assertEquals(max, 50);
});

test("no percentile is larger than the maximum", () => {
  for (const values of [[0], [-1], [1e-9], [0.001], [3.7], [1e9], [5, 5, 5], [NaN]]) {
    const histogram = new Histogram();
    for (const value of values) histogram.add(value);
    const { p50, p90, p99, max } = histogram.percentiles;
    assert(p50 <= p90 && p90 <= p99 && p99 <= max, `${values}: ${p50} ${p90} ${p99} ${max}`);
    assertEquals(max, Math.max(0, values[0] || 0));
  }
});

test("Histogram gives the same numbers everywhere", (t) => {
  const histogram = new Histogram();
  for (let i = 0; i < 500; i++) histogram.add((i % 61) ** 3 / 64, i);
  record(t.name, histogram.percentiles);
});
