/**
 * Draws what there is, from the names that `mod.ts` exports, into `docs/overview.svg`.
 *
 * ```sh
 * node scripts/draw_overview.ts
 * node scripts/draw_overview.ts --check   # fails when the drawing is not up to date
 * ```
 *
 * Every text stands in a box of its own colour, so that it can be read on a dark and on a light page.
 *
 * @module
 */

import { existsSync, writeFileSync } from "node:fs";
import process from "node:process";
import ts from "typescript";
import { readText } from "./support/files.ts";
import { inRoot } from "./support/paths.ts";
import { report } from "./support/report.ts";
import { parse, walk } from "./support/source.ts";

const TARGET = "docs/overview.svg";

/** A part of the library: its heading, and the names that belong to it. */
interface Part {
  readonly title: string;
  readonly names: RegExp;
}

const PARTS: readonly Part[] = [
  { title: "Processes", names: /Process$|^fork$|^waitpid$|^activeChildren$|^exit$|^Sentinel$/ },
  { title: "Pools", names: /^Pool$|^currentTask$/ },
  { title: "Queues", names: /Queue$/ },
  { title: "Pipes", names: /^(Pipe|Connection|Listener|Client|wait)$/ },
  { title: "Locks", names: /Lock$|Semaphore$|^(Condition|Event|Barrier)$/ },
  { title: "Shared memory", names: /^(Raw|Shared|Shareable)|^Value$|^Array$/ },
  { title: "Managers", names: /Manager$|Proxy$|^Server$/ },
  { title: "Functions", names: /^(capture|ref|register|serialize|deserialize)$/ },
];

/** Names that are drawn nowhere: they choose and ask, and are no part of their own. */
const ELSEWHERE = /^(get|set)|^(Context|Logger|cpuCount|logToStderr|freezeSupport)$/;

const WIDTH = 800;
const GAP = 10;
const LINE = 17;
const SHOWN = 6;

const exported = exportedNames();
const drawing = draw(exported);
const homeless = exported.filter((name) => partsOf(name) === 0 && !ELSEWHERE.test(name));

if (homeless.length > 0) {
  report([`scripts/draw_overview.ts: no part has ${homeless.join(", ")}`]);
} else if (!process.argv.includes("--check")) {
  writeFileSync(inRoot(TARGET), drawing);
} else if (!existsSync(inRoot(TARGET)) || readText(TARGET) !== drawing) {
  report([`${TARGET} is not up to date: node scripts/draw_overview.ts`]);
}

/** What `mod.ts` exports that is more than a type, in its order; without the errors. */
function exportedNames(): string[] {
  const names: string[] = [];
  walk(parse("mod.ts"), (node) => {
    if (!ts.isExportDeclaration(node) || node.isTypeOnly) return;
    if (node.exportClause === undefined || !ts.isNamedExports(node.exportClause)) return;
    for (const { isTypeOnly, name } of node.exportClause.elements) {
      if (!isTypeOnly) names.push(name.text);
    }
  });
  return names;
}

function partsOf(name: string): number {
  return PARTS.filter(({ names }) => names.test(name)).length;
}

function draw(names: readonly string[]): string {
  const rows = [PARTS.slice(0, 4), PARTS.slice(4)];
  const height = (SHOWN + 2) * LINE;
  const width = (WIDTH - 3 * GAP) / 4;
  const parts = rows.flatMap((row, y) =>
    row.map(({ title, names: own }, x) =>
      box({
        x: x * (width + GAP),
        y: y * (height + GAP),
        width,
        height,
        color: "#31598c",
        lines: [title, ...shown(names.filter((name) => own.test(name)))],
      })
    )
  );
  const under = rows.length * (height + GAP);
  return svg(under + 3 * (2.5 * LINE + GAP) - GAP, [...parts, ...foundation(under)]);
}

/** What the parts stand on, from top to bottom. */
function foundation(top: number): string[] {
  const step = 2.5 * LINE + GAP;
  return [
    ...side(["process", "thread"], top, "#6b4c8c"),
    ...side(["Deno", "Bun", "Node"], top + step, "#3d6b4f"),
    ...side(["shared bytes + waking"], top + 2 * step, "#8a4b32"),
  ];
}

/** Boxes with one line each, side by side. */
function side(titles: readonly string[], y: number, color: string): string[] {
  const width = (WIDTH - (titles.length - 1) * GAP) / titles.length;
  return titles.map((title, i) =>
    box({ x: i * (width + GAP), y, width, height: 2.5 * LINE, color, lines: [title] })
  );
}

/** Classes and what is called like one come first, and short names before long ones. */
function shown(names: readonly string[]): string[] {
  const isSmall = (name: string) => Number(/^[a-z]/.test(name));
  const sorted = names.toSorted((a, b) => isSmall(a) - isSmall(b) || a.length - b.length);
  if (sorted.length <= SHOWN) return sorted;
  return [...sorted.slice(0, SHOWN - 1), `and ${sorted.length - SHOWN + 1} more`];
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly color: string;
  /** The first one is a heading. */
  readonly lines: readonly string[];
}

function box({ x, y, width, height, color, lines }: Box): string {
  const middle = round(x + width / 2);
  const top = lines.length === 1 ? y + height / 2 + LINE / 3 : y + 1.2 * LINE;
  const texts = lines.map((line, i) => {
    const style = i === 0 ? ' font-weight="bold" font-size="15"' : "";
    return `    <text x="${middle}" y="${round(top + i * LINE)}"${style}>${line}</text>`;
  });
  const area = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
  return [`  <g>`, `    <rect ${area} rx="6" fill="${color}"/>`, ...texts, `  </g>`].join("\n");
}

function svg(height: number, content: readonly string[]): string {
  const size = `width="${WIDTH}" height="${round(height)}" viewBox="0 0 ${WIDTH} ${round(height)}"`;
  const font = 'font-family="sans-serif" font-size="13" fill="#ffffff" text-anchor="middle"';
  const head = `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${font} role="img">`;
  const title =
    "  <title>Parts of the library over start methods, runtimes and shared bytes</title>";
  return [head, title, ...content, "</svg>", ""].join("\n");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
