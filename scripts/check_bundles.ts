/**
 * Checks that bundlers can leave out what a program does not use: bundles programs that import one thing of the npm build, and
 * refuses what has become too large. Minified by esbuild; left outside are the packages that this one depends on, and what is
 * loaded late, which is a file of its own where a bundler splits.
 *
 * Needs `dist` (see `npm run build`).
 *
 * @module
 */

import { existsSync } from "node:fs";
import { build, type Plugin } from "esbuild";
import { readJson } from "./support/files.ts";
import { inRoot } from "./support/paths.ts";
import { report } from "./support/report.ts";

/**
 * The most (KB) that a program may take that imports just that. What is aimed at is 20, 60 and 200 for cpuCount, Lock and Pool;
 * what stands in the way of the last two is shown by `profile_bundles.ts`: one bundle runs on three runtimes, properties
 * keep names that people can read in a stack, and errors say what to do.
 */
const limits: Readonly<Record<string, number>> = {
  cpuCount: 20,
  Lock: 73,
  Queue: 121,
  Process: 156,
  Pool: 226,
};

const { dependencies, optionalDependencies } = readJson("package.json");
const external = Object.keys({ ...dependencies, ...optionalDependencies });
const main = inRoot("dist/mod.js");

const late: Plugin = {
  name: "late",
  setup: ({ onResolve }) =>
    onResolve({ filter: /./ }, ({ kind }) => kind === "dynamic-import" ? { external: true } : null),
};

if (!existsSync(main)) report(["dist/mod.js is not there: npm run build"]);
else report((await Promise.all(Object.entries(limits).map(problem))).flat());

async function problem([name, limit]: [string, number]): Promise<string[]> {
  const size = (await sizeOf(name)) / 1000;
  if (size <= limit) return [];
  return [`import { ${name} }: ${size.toFixed(1)} KB, and ${limit} are allowed`];
}

async function sizeOf(name: string): Promise<number> {
  const contents = `import { ${name} } from ${JSON.stringify(main)}; console.log(${name});`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: inRoot() },
    bundle: true,
    format: "esm",
    platform: "node",
    external,
    minify: true,
    write: false,
    logLevel: "error",
    plugins: [late],
  });
  return outputFiles[0].contents.length;
}
