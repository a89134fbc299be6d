/**
 * Draws which room of the sources stands on which, from their real imports, into `docs/rooms.svg`, and writes the table of
 * the rooms into `docs/architecture.md`.
 *
 * ```sh
 * node scripts/draw_rooms.ts
 * node scripts/draw_rooms.ts --check   # fails when one of them is not up to date
 * ```
 *
 * @module
 */

import { readText } from "./support/files.ts";
import { keepWritten } from "./support/keep_written.ts";
import { layOut, type Place, type Thing, withoutDetours } from "./support/layers.ts";
import { importsOfRooms, rooms } from "./support/rooms.ts";
import { drawBox, drawing, drawLine, LINE, WIDTH } from "./support/svg.ts";

const DRAWING = "docs/rooms.svg";
const DOCUMENT = "docs/architecture.md";
const BEGIN = "<!-- The rooms: written by scripts/draw_rooms.ts -->";
const END = "<!-- The end of the rooms -->";

const BOX_HEIGHT = 30;
const ROW_GAP = 26;
const GAP = 20;
const LETTER = 8;
const GREY = "#8b949e";

/** What a room belongs to, by its colour: the first that has it. Below messages there are bytes, waking and values only. */
const parts = [
  { title: "manager", color: "#2b6a6c", has: (name: string) => /^manager\b/.test(name) },
  { title: "pool", color: "#6b4c8c", has: (name: string) => /^pool\b/.test(name) },
  { title: "bytes, waking, values", color: "#8a4b32", has: isFoundation },
  { title: "everything else", color: "#31598c", has: () => true },
] as const;

const imports = importsOfRooms();
const foundation = below("messages");

keepWritten("scripts/draw_rooms.ts", { [DRAWING]: draw(), [DOCUMENT]: documentWithTable() });

/** A room and all that it imports, directly or not. */
function below(room: string): Set<string> {
  const found = new Set([room]);
  for (const name of found) for (const other of imports.get(name)!) found.add(other);
  return found;
}

function isFoundation(name: string): boolean {
  return foundation.has(name);
}

function draw(): string {
  const things: Thing[] = rooms.map(({ name }) => ({
    name,
    on: imports.get(name)!,
    width: Math.max(70, name.length * LETTER + 24),
  }));
  const rows = layOut(withoutDetours(things), WIDTH, GAP);
  const places = rows.flat();
  const height = rows.length * (BOX_HEIGHT + ROW_GAP);
  const top = ({ row }: Place) => (rows.length - 1 - row) * (BOX_HEIGHT + ROW_GAP);
  const lines = places.filter(({ name }) => name !== null).flatMap((place) =>
    place.below.map((next) => drawLine(way(place, next, top), GREY))
  );
  const boxes = places.filter(({ name }) => name !== null).map((place) =>
    drawBox({
      x: place.x - place.width / 2,
      y: top(place),
      width: place.width,
      height: BOX_HEIGHT,
      color: parts.find(({ has }) => has(place.name!))!.color,
      lines: [{ text: place.name!, isBold: true }],
    })
  );
  const title = "The rooms of the sources, each above those that it imports";
  return drawing(title, height + BOX_HEIGHT, [...lines, ...boxes, ...legend(height)]);
}

/** The points of a line, from the lower side of a room to the upper side of the one that it leads to. */
function way(from: Place, next: Place, top: (place: Place) => number): { x: number; y: number }[] {
  const points = [{ x: from.x + shift(next, from.below), y: top(from) + BOX_HEIGHT }];
  let last = from;
  let at = next;
  for (; at.name === null; last = at, at = at.below[0]) {
    points.push({ x: at.x, y: top(at) }, { x: at.x, y: top(at) + BOX_HEIGHT });
  }
  return [...points, { x: at.x + shift(last, at.above), y: top(at) }];
}

/** Lines leave and reach a box side by side. */
function shift(place: Place, all: readonly Place[]): number {
  const sorted = all.toSorted((a, b) => a.x - b.x);
  return (sorted.indexOf(place) - (all.length - 1) / 2) * 12;
}

function legend(y: number): string[] {
  const width = (WIDTH - (parts.length - 1) * GAP) / parts.length;
  return parts.map(({ title, color }, i) =>
    drawBox({ x: i * (width + GAP), y, width, height: 1.5 * LINE, color, lines: [{ text: title }] })
  );
}

function documentWithTable(): string {
  const text = readText(DOCUMENT);
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`${DOCUMENT} has no place for the rooms`);
  return `${text.slice(0, before)}${BEGIN}\n\n${table()}\n\n${text.slice(after)}`;
}

/** The table as the formatter of documents lays it out. */
function table(): string {
  const rows = [
    ["room", "what it is for", "imports"],
    ...rooms.map(({ name, purpose }) => [`\`${name}\``, purpose, imports.get(name)!.join(", ")]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (cells: string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].join("\n");
}
