/**
 * Prints what bundles of one import of this library consist of, and what they would be without some of it: why they are not
 * smaller. Minified by esbuild from the sources; what is loaded late is left out, as in `check_bundles.ts`.
 *
 * ```sh
 * node scripts/profile_bundles.ts
 * ```
 *
 * @module
 */

import { tokenizer } from "acorn";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { inRoot } from "./support/paths.ts";
import { table } from "./support/table.ts";

const names = ["Lock", "Queue", "Pool"];

const late: Plugin = {
  name: "late",
  setup: ({ onResolve }) =>
    onResolve({ filter: /./ }, ({ kind }) => kind === "dynamic-import" ? { external: true } : null),
};

/** A program for Node alone: the other adapters give nothing. */
const oneAdapter = without("one-adapter", /src\/runtime\/(deno|bun)\//);
/**
 * What starts children is loaded when the first one is started: then workers would not start before the program that creates a pool
 * yields.
 */
const lateStart = without(
  "late-start",
  /src\/(process\/(launch|permissions)|runtime\/starts)\.ts$/,
);

const head = [
  "KB",
  "bundle",
  "for Node alone",
  "properties shortened",
  "starts loaded late",
  "texts",
  "comes from",
];
console.log(table(head, await Promise.all(names.map(rowOf)), "lrrrrrl"));

/** Leaves files out. */
function without(name: string, filter: RegExp): Plugin {
  return {
    name,
    setup: ({ onLoad }) => onLoad({ filter }, () => ({ contents: "module.exports = {}" })),
  };
}

async function rowOf(name: string): Promise<string[]> {
  const [now, alone, shortened, later] = await Promise.all([
    bundle(name),
    bundle(name, { plugins: [late, oneAdapter] }),
    bundle(name, { mangleProps: /^[a-z][a-zA-Z]{4,}$/ }),
    bundle(name, { plugins: [late, lateStart] }),
  ]);
  const programs = [now, alone, shortened, later].map(({ text }) => text.length);
  const sizes = [...programs, textsIn(now.text)];
  return [name, ...sizes.map(kilobytes), roomsOf(now.inputs)];
}

async function bundle(
  name: string,
  options: BuildOptions = {},
): Promise<{ text: string; inputs: Record<string, { bytesInOutput: number }> }> {
  const module = JSON.stringify(inRoot("mod.ts"));
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `import { ${name} } from ${module}; console.log(${name});`,
      resolveDir: inRoot(),
    },
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    minify: true,
    metafile: true,
    logLevel: "silent",
    plugins: [late],
    ...options,
    write: false,
  });
  return { text: outputFiles![0].text, inputs: Object.values(metafile!.outputs)[0].inputs };
}

/** How many characters the texts in a program have: mostly errors, which say what to do. */
function textsIn(program: string): number {
  let sum = 0;
  for (
    const { type, start, end } of tokenizer(program, {
      ecmaVersion: "latest",
      sourceType: "module",
    })
  ) {
    if (type.label === "string" || type.label === "template") sum += end - start;
  }
  return sum;
}

/** The largest rooms in it. */
function roomsOf(inputs: Record<string, { bytesInOutput: number }>): string {
  const sizes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const room = /src\/(\w+)/.exec(path)?.[1] ?? "";
    sizes.set(room, (sizes.get(room) ?? 0) + bytesInOutput);
  }
  const largest = [...sizes].sort(([, a], [, b]) => b - a).slice(0, 5);
  return largest.map(([room, size]) => `${room} ${kilobytes(size)}`).join(", ");
}

function kilobytes(size: number): string {
  return (size / 1000).toFixed(1);
}
