/**
 * The maps that run, and those that were over a moment ago.
 *
 * @module
 */

import type { MapView } from "../data/views.ts";
import { button } from "./control.ts";
import { make, type Part, setAttribute, setText } from "./dom.ts";
import { count, duration, rate } from "./format.ts";

/** One map. */
export class MapPart implements Part<MapView> {
  readonly element: HTMLElement;
  readonly #bar: HTMLProgressElement;
  readonly #text = make("p");
  readonly #button: Part<MapView> | null;

  /**
   * @param map The map.
   * @param mayControl Whether there are buttons.
   */
  constructor({ pool, job, fn }: MapView, mayControl: boolean) {
    const id = `map-${pool}-${job}`;
    const title = make("h3", { id }, fn, " ", make("span", { class: "soft" }, `of pool ${pool}`));
    this.#bar = make("progress", { "aria-labelledby": id });
    this.#button = mayControl ? cancelButton(pool, job, fn) : null;
    const buttons = this.#button === null ? [] : [this.#button.element];
    const attributes = { class: "card map", "aria-labelledby": id };
    this.element = make("article", attributes, title, ...buttons, this.#bar, this.#text);
  }

  update(map: MapView): void {
    const { total, done, failed, cancelled, isOver } = map;
    const ended = done + failed + cancelled;
    const most = total ?? (isOver ? ended : null);
    setAttribute(this.#bar, "max", most === null ? null : String(Math.max(1, most)));
    setAttribute(this.#bar, "value", most === null ? null : String(Math.min(ended, most)));
    if (most === 0) setAttribute(this.#bar, "value", "1");
    setText(this.#text, textOf(map, ended));
    this.#button?.update(map);
    if (this.#button !== null) setAttribute(this.#button.element, "hidden", isOver ? "" : null);
  }
}

function textOf(map: MapView, ended: number): string {
  const { total, failed, cancelled, elapsedMs, remainingMs, isOver } = map;
  const parts = [
    total === null ? `${count(ended)} items` : `${count(ended)} of ${count(total)} items`,
  ];
  if (failed > 0) parts.push(`${count(failed)} failed`);
  if (cancelled > 0) parts.push(`${count(cancelled)} not wanted any more`);
  parts.push(`${rate(map.rate)} a second`);
  if (isOver) parts.push(`over after ${duration(elapsedMs)}`);
  else if (remainingMs === null) parts.push(`since ${duration(elapsedMs)}`);
  else parts.push(`about ${duration(remainingMs)} left`);
  return parts.join(", ");
}

function cancelButton(pool: number, job: number, fn: string): Part<MapView> {
  return button("Cancel", ({ isOver }) =>
    isOver ? null : {
      command: { action: "cancel", pool, job },
      name: `Cancel the map of ${fn}`,
      done: `The map of ${fn} was cancelled.`,
      question: `Cancel the map of ${fn}?`,
    });
}
