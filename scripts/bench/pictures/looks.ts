/**
 * How lines look: a colour for each library or runtime, a marker with it, and a stroke for each start method. The colours are
 * such that people who are colour-blind tell them apart (those of Okabe and Ito, darker on light and lighter on dark pages).
 *
 * @module
 */

import type { Marker } from "./path.ts";

/** How a line looks. */
export interface Look {
  /** A class of {@linkcode STYLE}. */
  readonly color: string;
  readonly marker: Marker;
  /** How long strokes and gaps are; empty for a line without gaps. */
  readonly dash: string;
  /** Whether it is what the picture is about. */
  readonly isBold: boolean;
}

/** Colours on a light page, and on a dark one. */
const COLORS: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  blue: ["#0065a3", "#5cb3f0"],
  orange: ["#c24f00", "#ff9350"],
  green: ["#00805c", "#36cfa0"],
  pink: ["#a8457f", "#f09ccd"],
  ochre: ["#7d6400", "#e8d84a"],
  ink: ["#24292f", "#f0f3f6"],
  grey: ["#6e7781", "#8b949e"],
};

const PAGES = [
  { page: "#ffffff", text: "#1f2328", faint: "#57606a", grid: "#d8dee4" },
  { page: "#0d1117", text: "#e6edf3", faint: "#9da7b3", grid: "#30363d" },
] as const;

const LIBRARIES: Readonly<Record<string, readonly [color: string, marker: Marker]>> = {
  ours: ["blue", "circle"],
  piscina: ["orange", "square"],
  tinypool: ["green", "triangle"],
  workerpool: ["pink", "diamond"],
  poolifier: ["ochre", "plus"],
  multiprocessing: ["ink", "cross"],
};

const RUNTIMES: Readonly<Record<string, readonly [color: string, marker: Marker]>> = {
  deno: ["blue", "circle"],
  bun: ["orange", "square"],
  node: ["green", "triangle"],
};

const DASHES: Readonly<Record<string, string>> = { thread: "5 3", spawn: "2 2" };

/** The look of a library under a start method. */
export function lookOfLibrary(library: string, method: string): Look {
  const [color, marker] = LIBRARIES[library] ?? ["grey", "plus"];
  return { color, marker, dash: DASHES[method] ?? "", isBold: library === "ours" };
}

/** The look of a runtime under a start method. */
export function lookOfRuntime(runtime: string, method: string): Look {
  const [color, marker] = RUNTIMES[runtime] ?? ["grey", "plus"];
  return { color, marker, dash: DASHES[method] ?? "", isBold: true };
}

/** The style of a picture: pages show it as an image, so it has its own background. */
export const STYLE: string = [
  "text{font-family:system-ui,sans-serif;font-size:11px}",
  "path,line{fill:none}",
  scheme(0),
  `@media (prefers-color-scheme:dark){${scheme(1)}}`,
].join("");

function scheme(i: 0 | 1): string {
  const { page, text, faint, grid } = PAGES[i];
  const colors = Object.entries(COLORS).map(([name, shades]) =>
    `.${name}{stroke:${shades[i]}}.${name}.m{fill:${shades[i]}}`
  );
  return `.page{fill:${page}}text{fill:${text}}.faint{fill:${faint}}.grid{stroke:${grid}}${
    colors.join("")
  }`;
}
