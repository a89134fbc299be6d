/**
 * The programs of the README and of `docs/`.
 *
 * A `ts` block is a program; the `text` block that follows it is its output, and that of a `python` block before it. A `ts`
 * block that begins with a comment such as `// work.ts` is a module of that name, which the programs of the document import.
 *
 * @module
 */

import { readdirSync, readFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);

/** A program or module of a document. */
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

/** A document with its programs and modules, in their order. */
export interface Document {
  /** Its path in this repository: `docs/pool.md`. */
  path: string;
  blocks: Block[];
}

/** A program with a name that no other one has: `docs/pool.md, A pool, program 2`. */
export interface Program extends Block {
  name: string;
}

/** The README and everything in `docs/`. */
export function readDocuments(): Document[] {
  const names = readdirSync(new URL("docs/", root)).filter((name) => name.endsWith(".md"));
  const paths = ["README.md", ...names.sort().map((name) => `docs/${name}`)];
  return paths.map((path) => ({ path, blocks: readBlocks(path) }));
}

/** The programs of a document. */
export function programsOf({ path, blocks }: Document): Program[] {
  const counts = new Map<string, number>();
  return blocks.filter(({ file }) => file === null).map((block) => {
    const count = (counts.get(block.heading) ?? 0) + 1;
    counts.set(block.heading, count);
    const number = count === 1 ? "" : `, program ${count}`;
    return { ...block, name: `${path}, ${block.heading}${number}` };
  });
}

function readBlocks(path: string): Block[] {
  const text = readFileSync(new URL(path, root), "utf8");
  const parts = text.matchAll(/^#+ (.*)$|^```(\w+)\n([\s\S]*?)^```$/gm);
  const found: Block[] = [];
  let heading = "";
  let python: string | null = null;
  for (const [, title, language, body] of parts) {
    if (title !== undefined) heading = title;
    if (language === "python") python = body;
    if (language === "text" && found.length > 0) found.at(-1)!.output = body.trim();
    if (language !== "ts") continue;
    found.push({ heading, file: nameOf(body), text: body, python, output: "" });
    python = null;
  }
  return found;
}

function nameOf(text: string): string | null {
  return /^\/\/ (\w+\.ts)\n/.exec(text)?.[1] ?? null;
}
