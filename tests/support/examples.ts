/**
 * The examples in the comments of the sources, as programs.
 *
 * @module
 */

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { withOwnLibrary } from "./own_library.ts";

const root = new URL("../../", import.meta.url);
const library = new URL("mod.ts", root).href;

/** Files whose examples `program_test.ts` runs under both start methods; `comments_unit_test.ts` runs those of all others. */
export const underBothMethods: readonly string[] = [
  "mod.ts",
  "src/context/context.ts",
  "src/process/current.ts",
  "src/process/executables.ts",
  "src/process/fork.ts",
  "src/log/logger.ts",
  "src/process/process.ts",
  "src/process/sentinel.ts",
  "src/start_method/start_method.ts",
];

/** An example. */
export interface Example {
  readonly name: string;
  /** The program. */
  readonly path: string;
}

/**
 * Writes each example of a file to a file of its own.
 *
 * @param file The file's path in this repository.
 * @param folder Where to: inside of this repository, so that Deno finds what the library imports.
 * @param method The start method that is set before the example; none by default.
 */
export function writeExamples(file: string, folder: URL, method?: string): Example[] {
  const text = readFileSync(new URL(file, root), "utf8");
  const examples = [...text.matchAll(/^ *\* ```ts\n([\s\S]*?)^ *\* ```$/gm)];
  return examples.map(([, comment], i) => {
    const program = comment.replace(/^ *\* ?/gm, "");
    const path = fileURLToPath(new URL(`${file.replace(/\W/g, "_")}_${i + 1}.ts`, folder));
    writeFileSync(path, setting(method) + withOwnLibrary(program));
    return { name: `${file}, example ${i + 1}`, path };
  });
}

function setting(method: string | undefined): string {
  if (method === undefined) return "";
  return `import { setStartMethod as setMethod } from "${library}";\n` +
    `setMethod("${method}", { force: true });\n`;
}
