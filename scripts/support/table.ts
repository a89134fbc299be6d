/** Tables in plain text: columns as wide as their widest cell, texts to the left and figures to the right. */

/**
 * Lays out a table.
 *
 * @param head The columns' names.
 * @param rows The cells; a number of cells is as that of the names.
 * @param left How many columns, from the first, are texts.
 * @returns The lines.
 */
export function table(head: string[], rows: string[][], left: number): string {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i].length)));
  const line = (cells: string[]) =>
    cells.map((cell, i) => i < left ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ")
      .trimEnd();
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** A whole number with a comma between every three digits. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
