/**
 * Tables. On narrow screens their rows stand as blocks, by the style; so their roles are said here, which some browsers take from
 * the way in which a table is laid out.
 *
 * @module
 */

import { make, type Part, PartList, setText } from "./dom.ts";

/** A column. */
export interface Column<T> {
  readonly title: string;
  /** `number` stands to the right, `short` is not broken, `wide` takes a whole line on narrow screens. */
  readonly kind?: "number" | "wide" | "code" | "short";
  /** What a cell says. */
  text?(value: T): string;
  /** What a cell shows that is no text. */
  part?(value: T): Part<T>;
}

/** A table whose first column says what a row is about. */
export class Table<T> {
  readonly element: HTMLTableElement;
  readonly #rows: PartList<T>;

  /**
   * @param caption What it lists.
   * @param columns Its columns.
   * @param keyOf What tells one row from the others.
   * @param isTitled Whether a title before it says the same to those who see it.
   */
  constructor(
    caption: string,
    columns: readonly Column<T>[],
    keyOf: (value: T) => string,
    isTitled: boolean = false,
  ) {
    const titles = columns.map(({ title, kind }) =>
      make(
        "th",
        { scope: "col", role: "columnheader", class: kind === "number" ? "number" : "" },
        title,
      )
    );
    const body = make("tbody", { role: "rowgroup" });
    this.element = make(
      "table",
      { role: "table" },
      make("caption", isTitled ? { class: "unseen" } : {}, caption),
      make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...titles)),
      body,
    );
    this.#rows = new PartList(body, keyOf, (value) => new Row(columns, value));
  }

  /** Shows these rows. */
  update(values: readonly T[]): void {
    this.#rows.update(values);
  }
}

class Row<T> implements Part<T> {
  readonly element: HTMLTableRowElement;
  readonly #updates: ((value: T) => void)[] = [];

  constructor(columns: readonly Column<T>[], value: T) {
    const cells = columns.map((column, i) => this.#cell(column, i === 0, value));
    this.element = make("tr", { role: "row" }, ...cells);
  }

  update(value: T): void {
    for (const update of this.#updates) update(value);
  }

  #cell({ title, kind, text, part }: Column<T>, isFirst: boolean, value: T): HTMLElement {
    const cell = isFirst
      ? make("th", { scope: "row", role: "rowheader", class: kind ?? "" })
      : make("td", { role: "cell", class: kind ?? "", "data-title": title });
    if (part !== undefined) {
      const content = part(value);
      cell.append(content.element);
      this.#updates.push((value) => content.update(value));
    } else if (text !== undefined) {
      const content = kind === "code" ? make("code") : cell;
      if (kind === "code") cell.append(content);
      this.#updates.push((value) => setText(content, text(value)));
    }
    return cell;
  }
}
