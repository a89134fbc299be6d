/**
 * Lines and markers as paths of SVG, and texts that can stand in it.
 *
 * @module
 */

/** A place in a drawing; `null` where a line is broken. */
export type Place = readonly [x: number, y: number] | null;

/** The kinds of markers: what tells lines apart besides their colours. */
export const MARKERS = ["circle", "square", "triangle", "diamond", "cross", "plus"] as const;

/** A kind of marker. */
export type Marker = typeof MARKERS[number];

const SIZE = 3.2;

/** Outlines by steps from the middle, in sizes; those that are not closed are strokes. */
const OUTLINES: Readonly<Record<Exclude<Marker, "circle">, readonly string[]>> = {
  square: ["-0.9,-0.9 0.9,-0.9 0.9,0.9 -0.9,0.9 Z"],
  triangle: ["0,-1.2 1.1,0.8 -1.1,0.8 Z"],
  diamond: ["0,-1.3 1.2,0 0,1.3 -1.2,0 Z"],
  cross: ["-1,-1 1,1", "-1,1 1,-1"],
  plus: ["0,-1.2 0,1.2", "-1.2,0 1.2,0"],
};

/** A line through places; where one is missing it goes on behind it. */
export function linePath(places: readonly Place[]): string {
  let isBroken = true;
  let path = "";
  for (const place of places) {
    if (place !== null) path += `${isBroken ? "M" : "L"}${rounded(place[0])} ${rounded(place[1])}`;
    isBroken = place === null;
  }
  return path;
}

/** Markers at places, in one path. */
export function markerPath(marker: Marker, places: readonly Place[]): string {
  return places.filter((place) => place !== null).map(([x, y]) =>
    marker === "circle"
      ? circle(x, y)
      : OUTLINES[marker].map((line) => outline(line, x, y)).join("")
  ).join("");
}

function circle(x: number, y: number): string {
  const around = `a${SIZE} ${SIZE} 0 1 0`;
  return `M${rounded(x - SIZE)} ${rounded(y)}${around} ${2 * SIZE} 0${around} ${-2 * SIZE} 0Z`;
}

function outline(line: string, x: number, y: number): string {
  const steps = line.split(" ").map((step) => {
    if (step === "Z") return "Z";
    const [right, down] = step.split(",").map(Number);
    return `${rounded(x + SIZE * right)} ${rounded(y + SIZE * down)}`;
  });
  return `M${steps.join("L").replace("LZ", "Z")}`;
}

/** A number as short as it needs to be. */
export function rounded(value: number): string {
  return String(Math.round(value * 10) / 10 + 0);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** A text that can stand in SVG: what means something there is written otherwise, what may not stand there is left out. */
export function escaped(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "")
    .replace(/[&<>"]/g, (letter) => ENTITIES[letter]);
}
