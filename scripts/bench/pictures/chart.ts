/**
 * A picture of lines on logarithmic axes: one or several panels under each other, with a legend below each.
 *
 * It is {@linkcode WIDTH} units wide, and its smallest text is such that it can be read where that is shown as 400 pixels.
 *
 * @module
 */

import type { Look } from "./looks.ts";
import { STYLE } from "./looks.ts";
import { escaped, linePath, markerPath, type Place, rounded } from "./path.ts";
import { isDrawable, justFrom, type Scale, wholeDecades } from "./scale.ts";

/** A line. */
export interface Line {
  readonly label: string;
  readonly look: Look;
  /** What belongs to which value of the lower axis; `null` where there is nothing. */
  readonly points: readonly (readonly [x: number, y: number | null])[];
}

/** Lines that are compared with each other. */
export interface Panel {
  /** What they have in common; empty where there is one panel only. */
  readonly title: string;
  readonly lines: readonly Line[];
}

/** A picture. */
export interface Chart {
  readonly title: string;
  /** What the axes tell. */
  readonly about: string;
  readonly panels: readonly Panel[];
  /** What the lower axis counts; empty where the title says it. */
  readonly nameX: string;
  /** How values of the lower axis are written. */
  readonly showX: (value: number) => string;
  /** How values of the other one are. */
  readonly showY: (value: number) => string;
  /** The machine, and when it was measured. */
  readonly machine: string;
}

const WIDTH = 440;
/** What it is shown as where there is room. */
const SHOWN = 660;
const MARGIN = 12;
const LEFT = 58;
const RIGHT = WIDTH - MARGIN;
const PLOT = 170;
/** From how near to an end of the lower axis on a text would stand out. */
const EDGE = 30;
/** How far below the axis its texts stand. */
const BELOW = 14;
const LINE = 16;
const SAMPLE = 26;
/** Columns of text that fit beside each other. */
const LETTERS = 70;
/** Markers stand at these points of a line, so that each is seen: as far from each other on such an axis. */
const MARKED = [0, 1, 2, 4, 7, 12, 20, 33, 54, 88];

/**
 * Draws a picture.
 *
 * @param chart What it shows.
 * @returns SVG.
 * @throws {RangeError} when there is nothing to draw.
 */
export function drawChart(chart: Chart): string {
  const { title, about, machine } = chart;
  const content: string[] = [];
  let y = MARGIN;
  const write = (text: string, attributes: string): void => {
    for (const line of wrapped(text)) {
      y += LINE;
      content.push(`<text x="${MARGIN}" y="${y}"${attributes}>${escaped(line)}</text>`);
    }
  };
  write(title, ' style="font-size:13px;font-weight:bold"');
  write(about, ' class="faint"');
  const scaleY = (start: number): Scale =>
    wholeDecades(valuesOf(chart, 1), { start, end: start - PLOT });
  const scaleX = justFrom(valuesOf(chart, 0), { start: LEFT, end: RIGHT });
  for (const panel of chart.panels.filter(({ lines }) => lines.length > 0)) {
    if (panel.title !== "") write(panel.title, ' style="font-weight:bold"');
    y += MARGIN + PLOT;
    content.push(
      ...drawPanel(panel, chart, scaleX, scaleY(y)),
      ...drawLegend(panel, y + LINE + MARGIN),
    );
    y += LINE + MARGIN + LINE * Math.ceil(panel.lines.length / 2);
  }
  write(machine, ' class="faint"');
  return document(chart, y + MARGIN, content);
}

function document(chart: Chart, height: number, content: readonly string[]): string {
  const size = `width="${SHOWN}" height="${rounded(height * SHOWN / WIDTH)}"`;
  const view = `viewBox="0 0 ${WIDTH} ${rounded(height)}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${view} role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(chart.title)}</title>`,
    `<desc id="desc">${escaped(described(chart))}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="page" width="${WIDTH}" height="${rounded(height)}" rx="6"/>`,
    ...content,
    "</svg>",
    "",
  ].join("\n");
}

function valuesOf({ panels }: Chart, i: 0 | 1): number[] {
  const points = panels.flatMap(({ lines }) => lines.flatMap(({ points }) => points));
  return points.filter(([, y]) => isDrawable(y)).map((point) => point[i]!).filter(isDrawable);
}

function drawPanel({ lines }: Panel, { nameX, showX, showY }: Chart, x: Scale, y: Scale): string[] {
  const bottom = y.place(y.decades[0]);
  const top = y.place(y.decades.at(-1)!);
  const minor = [
    ...y.between.map((value) => tick(LEFT, LEFT + 4, y.place(value), true)),
    ...x.between.map((value) => tick(bottom, bottom - 4, x.place(value), false)),
  ].join("");
  const grid = [
    ...y.decades.map((value) => tick(LEFT, RIGHT, y.place(value), true)),
    ...x.decades.map((value) => tick(bottom, top, x.place(value), false)),
  ].join("");
  return [
    `<path class="grid" d="${grid}"/>`,
    `<path class="grey" d="${minor}"/>`,
    ...y.decades.map((value) => label(LEFT - 5, y.place(value) + 4, "end", showY(value))),
    ...x.decades.map((value) => labelBelow(x.place(value), bottom, showX(value))),
    ...nameX === "" ? [] : [label(RIGHT, bottom + BELOW, "end", nameX)],
    ...lines.map((line) => drawLine(line, x, y)),
  ];
}

function tick(from: number, to: number, at: number, isLevel: boolean): string {
  const place = rounded(at);
  return isLevel ? `M${from} ${place}H${to}` : `M${place} ${rounded(from)}V${rounded(to)}`;
}

/** Those at the ends must not stand out. */
function labelBelow(x: number, bottom: number, text: string): string {
  const anchor = x < LEFT + EDGE ? "start" : x > RIGHT - EDGE ? "end" : "middle";
  return label(x, bottom + BELOW, anchor, text);
}

function label(x: number, y: number, anchor: string, text: string): string {
  const where = `x="${rounded(x)}" y="${rounded(y)}" text-anchor="${anchor}"`;
  return `<text class="faint" ${where}>${escaped(text)}</text>`;
}

function drawLine({ points, look }: Line, x: Scale, y: Scale): string {
  const places = points.map(([at, value]): Place =>
    isDrawable(value) ? [x.place(at), y.place(value)] : null
  );
  const marked = places.filter((_, i) => MARKED.includes(i) || points.length <= MARKED.length);
  return strokes(look, linePath(places), markerPath(look.marker, marked));
}

function strokes({ color, dash, isBold }: Look, line: string, markers: string): string {
  const dashes = dash === "" ? "" : ` stroke-dasharray="${dash}"`;
  return `<path class="${color}" d="${line}" stroke-width="${isBold ? 2 : 1.2}"${dashes}/>` +
    `<path class="${color} m" d="${markers}"/>`;
}

function drawLegend({ lines }: Panel, top: number): string[] {
  return lines.map(({ label, look }, i) => {
    const x = MARGIN + (i % 2) * (WIDTH / 2);
    const y = top + LINE * Math.floor(i / 2) + 4;
    const sample = linePath([[x, y], [x + SAMPLE, y]]);
    const text = `<text x="${x + SAMPLE + 6}" y="${y + 4}">${escaped(label)}</text>`;
    return strokes(look, sample, markerPath(look.marker, [[x + SAMPLE / 2, y]])) + text;
  });
}

/** What a picture shows, for who does not see it: where each line begins and ends. */
function described({ about, panels, nameX, showX, showY, machine }: Chart): string {
  const lines = panels.flatMap(({ title, lines }) =>
    lines.flatMap(({ label, points }) => {
      const there = points.filter(([, y]) => isDrawable(y));
      if (there.length === 0) return [];
      const [first, last] = [there[0], there.at(-1)!].map(([x, y]) =>
        `${showY(y!)} at ${`${nameX} ${showX(x)}`.trim()}`
      );
      return [`${title === "" ? "" : `${title}, `}${label}: ${first}, ${last}`];
    })
  );
  return [about, ...lines, machine].join(". ");
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < LETTERS) {
      lines[lines.length - 1] += ` ${word}`;
    } else lines.push(word);
  }
  return lines;
}
