/**
 * The pictures of a run: for each measurement with several windows how ours and others come along from the first call on,
 * for each curve what a unit of work costs where there is more and more of it.
 *
 * @module
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { grouped } from "../../support/table.ts";
import type { Growth } from "../growth.ts";
import { show } from "../results.ts";
import { type Chart, drawChart, type Line, type Panel } from "./chart.ts";
import { lookOfLibrary, lookOfRuntime } from "./looks.ts";
import { isGrowth, type Measured, type SavedRun } from "./saved_run.ts";
import { isDrawable } from "./scale.ts";
import { ALONE, thinned } from "./thinned.ts";

/** A file. */
export interface Picture {
  readonly name: string;
  readonly svg: string;
}

const MILLION = 1e6;
const RUNTIMES = ["deno", "bun", "node"];
const METHODS: Readonly<Record<string, string>> = { process: "processes", thread: "threads" };

/** Draws all that can be drawn of a run. */
export function picturesOf(run: SavedRun): Picture[] {
  const measured = run.results.filter((result): result is Measured => !isGrowth(result));
  const comparisons = groupsOf(
    measured,
    ({ measurement, condition }) => `${measurement} ${condition}`,
  )
    .filter((group) => group.some(({ windows }) => windows.length > 1));
  const curves = groupsOf(run.results.filter(isGrowth), ({ curve }) => curve);
  return [
    ...comparisons.map((group) => pictureOf(nameOf(group[0]), comparison(group, run))),
    ...curves.map((group) => pictureOf(group[0].curve, curveChart(group, run))),
  ];
}

/**
 * Writes the pictures of a run.
 *
 * @param run The run.
 * @param folder Where to.
 * @returns The paths of the files.
 * @throws {Error} when there is nothing to draw.
 */
export function writePictures(run: SavedRun, folder: string): string[] {
  const pictures = picturesOf(run);
  if (pictures.length === 0) {
    throw new Error("There is nothing to draw: no curve, and no measurement with several windows");
  }
  mkdirSync(folder, { recursive: true });
  return pictures.map(({ name, svg }) => {
    const path = join(folder, name);
    writeFileSync(path, svg);
    return path;
  });
}

function pictureOf(name: string, chart: Chart): Picture {
  return { name: `bench_${name.replace(/\W/g, "_")}.svg`, svg: drawChart(chart) };
}

function nameOf({ measurement, condition }: Measured): string {
  return condition === "quiet" ? measurement : `${measurement}_${condition}`;
}

function groupsOf<T>(all: readonly T[], key: (one: T) => string): T[][] {
  return [...Map.groupBy(all, key).values()];
}

/** A panel for each runtime; what is on none of them is in each. */
function comparison(results: readonly Measured[], run: SavedRun): Chart {
  const [{ title, unit, better }] = results;
  const compared = results.filter(({ library }) => library !== "spin");
  const programs = Math.max(...results.map((result) => result.programs));
  const panels = RUNTIMES.map((runtime): Panel => {
    const here = compared.filter((one) => one.runtime === runtime);
    const others = compared.filter((one) => !RUNTIMES.includes(one.runtime));
    const isWanted = here.length > 0;
    return {
      title: titled(runtime),
      lines: isWanted ? [...here, ...others].flatMap(windowLine) : [],
    };
  });
  return {
    title: titled(title),
    about:
      `${unit}, ${better} is better; the median of ${counted(programs)}, by windows from the ` +
      `first call on, from the ${ALONE + 1}th on the middle of neighbours`,
    panels,
    nameX: "window",
    showX: grouped,
    showY: (value) => `${shown(value)} ${unit.split(" ")[0]}`,
    machine: machineOf(run),
  };
}

function windowLine({ library, runtime, method, windows }: Measured): Line[] {
  const points = thinned(windows.map(({ median }) => median));
  if (!points.some(([, y]) => isDrawable(y))) return [];
  const name = runtime === "python" ? "Python" : library;
  const label = `${name}, ${METHODS[method] ?? method}`;
  return [{ label, look: lookOfLibrary(library, method), points }];
}

function curveChart(growths: readonly Growth[], run: SavedRun): Chart {
  const [{ title, unit }] = growths;
  const lines = growths.map(({ runtime, method, points }): Line => ({
    label: `${titled(runtime)}, ${METHODS[method] ?? method}`,
    look: lookOfRuntime(runtime, method),
    points: points.map(({ point, cost }) => [point, cost]),
  }));
  return {
    title: titled(title),
    about: `${unit}, lower is better; level lines: twice the work takes twice the time`,
    panels: [{ title: "", lines }],
    nameX: "",
    showX: amount,
    showY: (value) => `${shown(value)} ${unit.split(" ")[0]}`,
    machine: machineOf(run),
  };
}

function machineOf({ machine, date }: SavedRun): string {
  return `${date}: ${machine}`;
}

function titled(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

function counted(programs: number): string {
  return programs === 1 ? "one fresh program" : `${programs} fresh programs`;
}

/** A power of ten in full, anything else in three digits. */
function shown(value: number): string {
  return Number.isInteger(Math.log10(value)) ? grouped(value) : show(value);
}

/** A number of items or bytes, as short as it fits below an axis. */
function amount(value: number): string {
  return value >= MILLION ? `${grouped(value / MILLION)} M` : grouped(value);
}
