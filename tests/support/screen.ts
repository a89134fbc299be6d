/**
 * A terminal that is none: what a person would see after all that was written to it. It knows the sequences that bars are
 * drawn by, and refuses others.
 *
 * @module
 */

import { widthOf } from "../../src/progress/text_width.ts";

/** What a terminal does with rows that are too long when it gets narrower. */
export type Narrowing = "reflows" | "cuts";

/** A screen that never scrolls: rows are added below. */
export class Screen {
  readonly isTTY = true;
  columns: number;
  rows = 24;
  /** How often a line went on in the next row because it was too long. */
  wraps = 0;
  /** How often something was written. */
  writes = 0;
  #cells: string[][] = [[]];
  #row = 0;
  #column = 0;

  /** @param columns How wide it is. */
  constructor(columns: number) {
    this.columns = columns;
  }

  /** What can be seen, without blanks at the ends. */
  get lines(): string[] {
    const lines = this.#cells.map((cells) => cells.join("").trimEnd());
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  write(text: string): boolean {
    this.writes++;
    const pieces = /\p{Cc}\[([0-9;]*)([A-Za-z])|[^]/gu;
    for (const [piece, count, command] of text.matchAll(pieces)) {
      if (command !== undefined) this.#obey(command, Number(count || "1"));
      else if (piece === "\r") this.#column = 0;
      else if (piece === "\n") {
        this.#nextRow();
        this.#column = 0;
      } else this.#put(piece);
    }
    return true;
  }

  /** Makes it narrower or wider. */
  resize(columns: number, narrowing: Narrowing): void {
    this.columns = columns;
    if (narrowing === "cuts") {
      this.#cells = this.#cells.map((cells) => cells.slice(0, columns));
      return;
    }
    const before = this.#cells.slice(0, this.#row).flatMap((cells) => split(cells, columns));
    const after = this.#cells.slice(this.#row).flatMap((cells) => split(cells, columns));
    this.#row = before.length + Math.floor(this.#column / columns);
    this.#column %= columns;
    this.#cells = [...before, ...after];
  }

  #obey(command: string, count: number): void {
    const cells = this.#cells[this.#row];
    if (command === "A") this.#row = Math.max(0, this.#row - count);
    else if (command === "K" || command === "J") {
      cells.length = Math.min(cells.length, this.#column);
      if (command === "J") this.#cells.length = this.#row + 1;
    } else if (command !== "m") throw new Error(`the screen does not know ${command}`);
  }

  #nextRow(): void {
    this.#row++;
    if (this.#row === this.#cells.length) this.#cells.push([]);
  }

  /** A wide character has a cell of its own, and an empty one. */
  #put(character: string): void {
    const width = widthOf(character);
    if (this.#column + width > this.columns) {
      this.wraps++;
      this.#nextRow();
      this.#column = 0;
    }
    const cells = this.#cells[this.#row];
    while (cells.length < this.#column) cells.push(" ");
    cells[this.#column++] = character;
    if (width === 2) cells[this.#column++] = "";
  }
}

function split(cells: string[], columns: number): string[][] {
  const rows: string[][] = [];
  for (let from = 0; from === 0 || from < cells.length; from += columns) {
    rows.push(cells.slice(from, from + columns));
  }
  return rows;
}
