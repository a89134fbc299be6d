/**
 * A number of a pool with its line over the last minutes.
 *
 * @module
 */

import type { Point } from "../data/views.ts";
import { make, setAttribute, setText } from "./dom.ts";
import { count, duration, rate } from "./format.ts";

/** How many seconds a line is long at least: a program that has just begun has a short one. */
const LEAST_SECONDS = 60;
/** How wide and how high the drawing is, in its own units. */
const WIDTH = 300;
const HEIGHT = 60;
const SVG = "http://www.w3.org/2000/svg";

/** What a line shows. */
export interface LineKind {
  readonly kind: "waiting" | "running" | "done" | "failed" | "lost";
  readonly title: string;
  /** Where its value stands in a point. */
  readonly index: 1 | 2 | 3 | 4 | 5;
  /** Whether its values are counts of one second. */
  readonly isRate: boolean;
}

/** One number with its line. */
export class Line {
  readonly element: HTMLElement;
  readonly #kind: LineKind;
  readonly #number = make("strong");
  readonly #note = make("span");
  readonly #drawing: SVGElement;
  readonly #path: SVGElement;
  #drawnUpTo = -1;

  /** @param kind What it shows. */
  constructor(kind: LineKind) {
    this.#kind = kind;
    this.#path = document.createElementNS(SVG, "path");
    this.#drawing = document.createElementNS(SVG, "svg");
    for (
      const [name, value] of [
        ["viewBox", `0 -2 ${WIDTH} ${HEIGHT + 4}`],
        ["preserveAspectRatio", "none"],
        ["role", "img"],
      ]
    ) this.#drawing.setAttribute(name, value);
    this.#drawing.append(this.#path);
    const title = make("div", {}, kind.title, " ", this.#number);
    this.element = make(
      "div",
      { class: "tile", "data-kind": kind.kind },
      title,
      this.#note,
      this.#drawing,
    );
  }

  /**
   * Shows the number as it is now.
   *
   * @param text The number.
   * @param points What was noted.
   * @param second The second that the line ends with.
   */
  update(text: string, points: readonly Point[], second: number): void {
    setText(this.#number, text);
    if (second === this.#drawnUpTo) return;
    this.#drawnUpTo = second;
    const { index, isRate, title } = this.#kind;
    const most = points.reduce((most, point) => Math.max(most, point[index]), 0);
    const now = points.length === 0 ? 0 : points[points.length - 1][index];
    const [nowText, mostText] = [now, most].map(isRate ? rate : count);
    setText(this.#note, isRate ? `${nowText}/s, at most ${mostText}/s` : `at most ${mostText}`);
    const span = Math.max(LEAST_SECONDS, second - (points[0]?.[0] ?? second));
    const what = isRate ? `${title} a second` : title;
    const says = `${what} over the last ${
      duration(span * 1000)
    }: now ${nowText}, at most ${mostText}`;
    setAttribute(this.#drawing, "aria-label", says);
    setAttribute(this.#path, "d", this.#draw(points, second - span, span, most));
  }

  #draw(points: readonly Point[], from: number, span: number, most: number): string {
    const scale = most === 0 ? 0 : HEIGHT / most;
    let text = "";
    let before = -1;
    for (const point of points) {
      const x = (point[0] - from) / span * WIDTH;
      const y = HEIGHT - point[this.#kind.index] * scale;
      text += `${before === point[0] - 1 ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
      before = point[0];
    }
    return text;
  }
}
