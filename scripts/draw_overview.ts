/**
 * Draws what there is, with names that `mod.ts` exports, into `docs/overview.svg`.
 *
 * ```sh
 * node scripts/draw_overview.ts
 * node scripts/draw_overview.ts --check   # fails when the drawing is not up to date
 * ```
 *
 * @module
 */

import ts from "typescript";
import { keepWritten } from "./support/keep_written.ts";
import { report } from "./support/report.ts";
import { parse, walk } from "./support/source.ts";
import { type Box, drawBox, drawing, LINE, type Text, WIDTH } from "./support/svg.ts";

/** A part of the library. */
interface Part {
  readonly title: string;
  /** What it is for, in lines. */
  readonly says: readonly string[];
  /** The names that are drawn. */
  readonly shown: readonly string[];
  /** All names that belong to it. */
  readonly names: RegExp;
}

const PARTS: readonly Part[] = [
  {
    title: "Processes",
    says: ["a function that runs", "beside this program"],
    shown: ["Process", "fork"],
    names: /Process$|^fork$|^waitpid$|^activeChildren$|^exit$|^Sentinel$/,
  },
  {
    title: "Pools",
    says: ["calls, maps and streams", "on all cores"],
    shown: ["Pool", "currentTask", "progress"],
    names: /^Pool$|^currentTask$|^progress$|^trace$/,
  },
  {
    title: "Queues",
    says: ["items from many", "to many"],
    shown: ["Queue", "JoinableQueue"],
    names: /Queue$/,
  },
  {
    title: "Pipes",
    says: ["messages between two,", "also through sockets"],
    shown: ["Pipe", "Listener", "Client"],
    names: /^(Pipe|Connection|Listener|Client|wait)$/,
  },
  {
    title: "Locks",
    says: ["one at a time,", "or all at once"],
    shown: ["Lock", "Event", "Barrier"],
    names: /Lock$|Semaphore$|^(Condition|Event|Barrier)$/,
  },
  {
    title: "Shared memory",
    says: ["numbers and bytes", "without a copy"],
    shown: ["Value", "Array"],
    names: /^(Raw|Shared|Shareable)|^Value$|^Array$/,
  },
  {
    title: "Managers",
    says: ["live objects for all,", "also on other machines"],
    shown: ["Manager", "BaseManager"],
    names: /Manager$|Proxy$|^Server$/,
  },
  {
    title: "Functions",
    says: ["on their way", "to another process"],
    shown: ["capture", "ref", "register"],
    names: /^(capture|ref|register|serialize|deserialize)$/,
  },
];

/** What the parts stand on, from top to bottom. */
const FOUNDATION: readonly (readonly [color: string, boxes: readonly (readonly string[])[]])[] = [
  ["#8a4b32", [["shared bytes and waking"]]],
  ["#6b4c8c", [
    ["processes", "mapped memory, sockets"],
    ["threads", "SharedArrayBuffer, Atomics"],
  ]],
  ["#3d6b4f", [
    ["Deno", "Deno.Command, Worker"],
    ["Bun", "Bun.spawn, Worker"],
    ["Node", "child_process, worker_threads"],
  ]],
];

/** Names that are drawn nowhere: they choose and ask, and are no part of their own. */
const ELSEWHERE = /^(get|set)|^(Context|Logger|cpuCount|logToStderr|freezeSupport)$/;

const GAP = 10;
const PADDING = 12;
const COLUMNS = 4;
const PART_HEIGHT = 5 * LINE + 2 * PADDING;

const exported = exportedNames();
const homeless = exported.filter((name) => !PARTS.some(({ names }) => names.test(name)))
  .filter((name) => !ELSEWHERE.test(name));
const unknown = PARTS.flatMap(({ shown }) => shown).filter((name) => !exported.includes(name));

if (homeless.length + unknown.length > 0) {
  report([
    ...homeless.map((name) => `scripts/draw_overview.ts: no part has ${name}`),
    ...unknown.map((name) => `scripts/draw_overview.ts: mod.ts does not export ${name}`),
  ]);
} else {
  keepWritten("scripts/draw_overview.ts", { "docs/overview.svg": draw() });
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

function draw(): string {
  const rows = PARTS.length / COLUMNS;
  const parts = Array.from({ length: rows }, (_, row) => {
    const own = PARTS.slice(row * COLUMNS, (row + 1) * COLUMNS);
    return sideBySide(own.map(textsOf), row * (PART_HEIGHT + GAP), PART_HEIGHT, "#31598c");
  });
  let y = rows * (PART_HEIGHT + GAP);
  const foundation = FOUNDATION.map(([color, boxes]) => {
    const height = Math.max(...boxes.map((lines) => lines.length)) * LINE + PADDING;
    const row = sideBySide(boxes.map(layerTexts), y, height, color);
    y += height + GAP;
    return row;
  });
  const title = "Parts of the library, over shared bytes, start methods and runtimes";
  return drawing(title, y - GAP, [...parts, ...foundation].flat().map(drawBox));
}

function textsOf({ title, says, shown, names }: Part): Text[] {
  const more = exported.filter((name) => names.test(name)).length - shown.length;
  return [
    { text: title, size: 16, isBold: true },
    ...says.map((text) => ({ text, isFaint: true })),
    { text: shown.join(", "), isBold: true },
    { text: more > 0 ? `and ${more} more` : "", isFaint: true },
  ];
}

function layerTexts([title, ...says]: readonly string[]): Text[] {
  return [
    { text: title, size: 15, isBold: true },
    ...says.map((text) => ({ text, size: 12, isFaint: true })),
  ];
}

/** Boxes over the whole width. */
function sideBySide(texts: readonly Text[][], y: number, height: number, color: string): Box[] {
  const width = (WIDTH - (texts.length - 1) * GAP) / texts.length;
  return texts.map((lines, i) => ({ x: i * (width + GAP), y, width, height, color, lines }));
}
