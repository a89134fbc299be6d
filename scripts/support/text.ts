/** Laying out text for a reader of the output. */

/** Every line two columns further in. */
export function indent(text: string): string {
  return text.split("\n").map((line) => `  ${line}`).join("\n");
}

/** The last lines of a text, after a mark where some were left out. */
export function tail(text: string, lines: number): string {
  const all = text.trimEnd().split("\n");
  return all.length > lines ? ["…", ...all.slice(-lines)].join("\n") : all.join("\n");
}
