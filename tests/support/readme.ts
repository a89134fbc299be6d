/**
 * The programs of the README.
 *
 * A `ts` block is a program; the `text` block that follows it is its output, and that of a `python` block before it. A `ts`
 * block that begins with a comment such as `// work.ts` is a module of that name, which the programs below it import.
 *
 * @module
 */

import { readFileSync } from "node:fs";

/** A program or module of the README. */
export interface Block {
  /** The heading that it stands under. */
  heading: string;
  /** The name of a module; `null` for a program. */
  file: string | null;
  text: string;
  /** The same in Python. */
  python: string | null;
  /** What the program prints. */
  output: string;
}

/** All programs and modules of the README, in their order. */
export function readBlocks(): Block[] {
  const text = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const parts = text.matchAll(/^#+ (.*)$|^```(\w+)\n([\s\S]*?)^```$/gm);
  const found: Block[] = [];
  let heading = "";
  let python: string | null = null;
  for (const [, title, language, body] of parts) {
    if (title !== undefined) heading = title;
    if (language === "python") python = body;
    if (language === "text") found.at(-1)!.output = body.trim();
    if (language !== "ts") continue;
    found.push({ heading, file: nameOf(body), text: body, python, output: "" });
    python = null;
  }
  return found;
}

/** Those of them that are programs. */
export function programsOf(blocks: readonly Block[]): Block[] {
  return blocks.filter((block) => block.file === null);
}

function nameOf(text: string): string | null {
  return /^\/\/ (\w+\.ts)\n/.exec(text)?.[1] ?? null;
}
