/**
 * Checks that imports point downwards only, that there is no cycle, and that a package is imported only where it may be.
 * Imports of types count like any others: what a reader has to know first is the same.
 *
 * @module
 */

import { typescriptFiles } from "./support/files.ts";
import { report } from "./support/report.ts";
import { importsOf, parse, resolveRelative } from "./support/source.ts";

/** The layers from the lowest to the highest. The layer is the folder below `src`. */
const layers: readonly string[] = [
  "errors",
  "runtime",
  "sync",
  "internal",
  "codec",
  "domain",
  "callable",
  "pool",
  "link",
  "net",
  "manager",
  "api",
  "child",
  "context",
  "mod",
];

/** What those layers may import, besides themselves, that may not import all layers below. */
const fewer: Record<string, readonly string[]> = {
  codec: ["errors", "internal"],
  callable: ["errors", "runtime", "internal", "codec"],
  link: ["errors", "runtime", "sync", "internal", "codec", "domain", "pool"],
  net: ["errors", "runtime", "internal", "codec", "domain", "link"],
  manager: layers.slice(0, layers.indexOf("manager")).filter((layer) => layer !== "pool"),
};

/** The folder in which a package may be imported. Others may not be imported in `src` at all. */
const packages: Record<string, string> = {
  koffi: "src/runtime/node",
  acorn: "src/callable",
  "cli-progress": "src/api",
  "eslint-scope": "src/callable",
  "bun:ffi": "src/runtime/bun",
};

/** What only `src/runtime` itself may import: the adapters. */
const adapter = /^src\/runtime\/(deno|bun|node)\//;

const files = typescriptFiles("mod.ts", "src");
const graph = new Map(files.map((file) => [file, importsOf(parse(file))]));
report([
  ...files.flatMap(wrongLayers),
  ...files.flatMap(wrongPackages),
  ...cycles(),
  ...typescriptFiles("tests/fixtures").flatMap(jsrInFixtures),
]);

function layerOf(path: string): string {
  return path.replace(/^src\//, "").replace(/\.ts$/, "").split("/")[0];
}

function targetsOf(file: string): string[] {
  const targets = (graph.get(file) ?? []).map((specifier) => resolveRelative(file, specifier));
  return targets.filter((target) => target !== undefined);
}

function wrongLayers(file: string): string[] {
  const layer = layerOf(file);
  const height = layers.indexOf(layer);
  if (height < 0) {
    return [`${file}: the layer "${layer}" is not in the list of scripts/check_layers.ts`];
  }
  const allowed = fewer[layer] ?? layers.slice(0, height);
  return targetsOf(file).flatMap((target) => {
    if (layerOf(target) !== layer && !allowed.includes(layerOf(target))) {
      return [`${file}: ${layer} may not import ${target}`];
    }
    if (layer !== "runtime" && adapter.test(target)) {
      return [`${file}: only src/runtime imports an adapter: ${target}`];
    }
    return graph.has(target) ? [] : [`${file}: imports ${target}, which is not there`];
  });
}

function wrongPackages(file: string): string[] {
  const named = (graph.get(file) ?? []).filter((specifier) => !/^(\.|node:)/.test(specifier));
  return named.flatMap((specifier) => {
    const home = packages[specifier];
    if (home && file.startsWith(`${home}/`)) return [];
    return [`${file}: may not import "${specifier}"${home ? `, only ${home} may` : ""}`];
  });
}

/** Children import fixtures without an import map for the JSR packages. */
function jsrInFixtures(file: string): string[] {
  const named = importsOf(parse(file)).filter((specifier) => specifier.startsWith("@std/"));
  return named.map((specifier) => `${file}: a fixture may not import "${specifier}"`);
}

/** Each cycle once, as the way that the search took round it. */
function cycles(): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const search = (file: string, way: string[]): void => {
    if (way.includes(file)) {
      found.push(`cycle: ${[...way.slice(way.indexOf(file)), file].join(" -> ")}`);
      return;
    }
    if (done.has(file)) return;
    done.add(file);
    for (const target of targetsOf(file)) search(target, [...way, file]);
  };
  for (const file of files) search(file, []);
  return found;
}
