/** Tables in plain text. */

/**
 * Lays out a table: columns as wide as their widest cell.
 *
 * @param head The columns' names.
 * @param rows The cells; a row has as many as there are names.
 * @param sides A letter for each column: `l` for texts, which stand on the left, `r` for figures.
 * @returns The lines.
 */
export function table(head: string[], rows: string[][], sides: string): string {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i].length)));
  const line = (cells: string[]) =>
    cells.map((cell, i) => sides[i] === "l" ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))
      .join("  ").trimEnd();
  const rule = widths.map((width, i) => head[i] === "" ? "" : "-".repeat(width));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** A whole number with a comma between every three digits. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
