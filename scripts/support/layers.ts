/**
 * Laying out what stands on each other: in rows, each thing above all that it stands on, with few crossings of the lines
 * between them. The same input gives the same layout.
 *
 * A line that passes rows has a place in each of them, as narrow as it is, and is ordered with what stands there.
 */

/** Something that stands on others. */
export interface Thing {
  readonly name: string;
  /** What it stands on, by their names. */
  readonly on: readonly string[];
  /** How much room it needs. */
  readonly width: number;
}

/** A place in a row: of a thing, or of a line that passes. */
export interface Place {
  /** The name of the thing; `null` for a line. */
  readonly name: string | null;
  readonly row: number;
  readonly width: number;
  /** Its middle. */
  x: number;
  readonly above: Place[];
  readonly below: Place[];
}

const LINE_WIDTH = 6;
/** How much more it matters that a line goes on straight than that a thing stands near to what it is joined with. */
const STRAIGHTNESS = 30;
const ORDERINGS = 40;
const PLACINGS = 400;

/** What of the things stands on what, without those that others of them stand on already. */
export function withoutDetours(things: readonly Thing[]): Thing[] {
  const all = new Map<string, Set<string>>();
  const below = (name: string): Set<string> => {
    let found = all.get(name);
    if (found !== undefined) return found;
    all.set(name, found = new Set());
    for (const on of things.find((thing) => thing.name === name)!.on) {
      for (const other of [on, ...below(on)]) found.add(other);
    }
    return found;
  };
  const isDetour = (on: readonly string[], name: string) => on.some((by) => below(by).has(name));
  return things.map((thing) => ({
    ...thing,
    on: thing.on.filter((name) => !isDetour(thing.on, name)),
  }));
}

/**
 * Lays things out.
 *
 * @param things The things, each behind those that it stands on.
 * @param width How wide a row is.
 * @param gap How far two places of a row are apart at least.
 * @returns The rows, the lowest first, each from left to right.
 */
export function layOut(things: readonly Thing[], width: number, gap: number): Place[][] {
  const rows = connect(things, levels(things));
  order(rows);
  for (const row of rows) for (const place of row) place.x *= width;
  for (let i = 0; i < PLACINGS; i++) {
    const isUp = i % 2 === 0;
    for (const row of isUp ? rows : rows.toReversed()) place(row, width, gap);
  }
  return centred(rows, width);
}

function centred(rows: Place[][], width: number): Place[][] {
  const left = Math.min(...rows.map(([first]) => first.x - first.width / 2));
  const right = Math.max(...rows.map((row) => row.at(-1)!.x + row.at(-1)!.width / 2));
  for (const row of rows) for (const place of row) place.x += (width - left - right) / 2;
  return rows;
}

/** The row of each thing: as low as it may be, or right below what stands on it where that makes lines shorter. */
function levels(things: readonly Thing[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { name, on } of things) {
    found.set(name, Math.max(-1, ...on.map((other) => found.get(other)!)) + 1);
  }
  for (const { name, on } of things.toReversed()) {
    const users = things.filter((thing) => thing.on.includes(name));
    if (users.length <= on.length) continue;
    found.set(name, Math.min(...users.map((user) => found.get(user.name)!)) - 1);
  }
  return found;
}

function connect(things: readonly Thing[], level: ReadonlyMap<string, number>): Place[][] {
  const rows: Place[][] = [];
  const add = (name: string | null, row: number, width: number): Place => {
    const place: Place = { name, row, width, x: 0, above: [], below: [] };
    (rows[row] ??= []).push(place);
    return place;
  };
  const places = new Map<string, Place>();
  for (const { name, width } of things) places.set(name, add(name, level.get(name)!, width));
  for (const { name, on } of things) {
    for (const other of on) {
      const target = places.get(other)!;
      let upper = places.get(name)!;
      while (upper.row > target.row + 1) {
        const passing = add(null, upper.row - 1, LINE_WIDTH);
        join(upper, passing);
        upper = passing;
      }
      join(upper, target);
    }
  }
  return rows;
}

function join(upper: Place, lower: Place): void {
  upper.below.push(lower);
  lower.above.push(upper);
}

/** Orders each row by what its places are joined with, up and down again and again; the order with the fewest crossings stays. */
function order(rows: Place[][]): void {
  let best: Place[][] = [];
  let fewest = Infinity;
  for (const row of rows) number(row);
  for (let i = 0; i < ORDERINGS; i++) {
    const isUp = i % 2 === 0;
    for (const row of isUp ? rows : rows.toReversed()) {
      const wanted = new Map(row.map((place) => [place, mean(isUp ? place.below : place.above)]));
      row.sort((a, b) => (wanted.get(a) ?? a.x) - (wanted.get(b) ?? b.x));
      number(row);
    }
    const crossings = rows.reduce((sum, row) => sum + crossingsBelow(row), 0);
    if (crossings >= fewest) continue;
    fewest = crossings;
    best = rows.map((row) => [...row]);
  }
  rows.splice(0, rows.length, ...best);
  for (const row of rows) number(row);
}

/** While rows are ordered, a place's `x` is its position in its row, from 0 to 1. */
function number(row: readonly Place[]): void {
  row.forEach((place, i) => place.x = (i + 0.5) / row.length);
}

function mean(places: readonly Place[]): number | undefined {
  if (places.length === 0) return undefined;
  return places.reduce((sum, { x }) => sum + x, 0) / places.length;
}

function crossingsBelow(row: readonly Place[]): number {
  const lines = row.flatMap((upper) => upper.below.map((lower) => [upper.x, lower.x]));
  let count = 0;
  for (const [a, b] of lines) for (const [c, d] of lines) if (a < c && b > d) count++;
  return count;
}

/** Moves the places of a row as near as their order lets them to the middle of what they are joined with. */
function place(row: readonly Place[], width: number, gap: number): void {
  /** Places that touch each other, with the mean of where their first one wants to be. */
  const groups: { wanted: number; count: number; from: number }[] = [];
  const offsets = offsetsOf(row, gap);
  const room = width - offsets.at(-1)! - row[0].width / 2 - row.at(-1)!.width / 2;
  row.forEach((at, i) => {
    groups.push({ wanted: wantedX(at) - offsets[i], count: 1, from: i });
    while (groups.length > 1 && groups.at(-2)!.wanted > groups.at(-1)!.wanted) {
      const [left, right] = groups.splice(-2);
      const count = left.count + right.count;
      const sum = left.wanted * left.count + right.wanted * right.count;
      groups.push({ wanted: sum / count, count, from: left.from });
    }
  });
  for (const { wanted, count, from } of groups) {
    const least = row[0].width / 2;
    const start = Math.min(Math.max(wanted, least), least + Math.max(0, room));
    for (let i = from; i < from + count; i++) row[i].x = start + offsets[i];
  }
}

/** Halfway to the middle of what a place is joined with: a whole step would swing to and fro. */
function wantedX(at: Place): number {
  let sum = 0;
  let weights = 0;
  for (const other of [...at.above, ...at.below]) {
    const weight = at.name === null && other.name === null ? STRAIGHTNESS : 1;
    sum += weight * other.x;
    weights += weight;
  }
  return (sum / weights + at.x) / 2;
}

/** How far from the first place of a row each of them is at least. */
function offsetsOf(row: readonly Place[], gap: number): number[] {
  const offsets = [0];
  for (let i = 1; i < row.length; i++) {
    offsets.push(offsets[i - 1] + (row[i - 1].width + row[i].width) / 2 + gap);
  }
  return offsets;
}
