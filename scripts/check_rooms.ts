/**
 * Checks that a room imports what the table of rooms says, and all of it; that neither rooms nor files import each other in a
 * circle; and that a package is imported only where it may be. Imports of types count like any others: what a reader has to
 * know first is the same.
 *
 * @module
 */

import { typescriptFiles } from "./support/files.ts";
import { report } from "./support/report.ts";
import { importGraph, importsOfRooms, roomOf, rooms } from "./support/rooms.ts";
import { importsOf, parse } from "./support/source.ts";

/** The folder in which a package may be imported. Others may not be imported in `src` at all. */
const packages: Record<string, string> = {
  koffi: "src/runtime/node",
  acorn: "src/callable",
  "eslint-scope": "src/callable",
  tslib: "src/callable",
  "bun:ffi": "src/runtime/bun",
};

/** What only `src/runtime` itself may import: the adapters. */
const adapter = /^src\/runtime\/(deno|bun|node)\//;

const graph = importGraph();
const files = [...graph.keys()];
const byRoom = importsOfRooms(graph);
report([
  ...files.flatMap(problemsOf),
  ...rooms.flatMap(({ name, imports }) => tooMany(name, imports)),
  ...files.flatMap(wrongPackages),
  ...circles(graph),
  ...circles(byRoom),
  ...typescriptFiles("tests/fixtures").flatMap(jsrInFixtures),
]);

function problemsOf(file: string): string[] {
  const room = rooms.find(({ name }) => name === roomOf(file));
  if (room === undefined) return [`${file}: stands in no room of scripts/support/rooms.ts`];
  return graph.get(file)!.flatMap((target) => {
    const other = roomOf(target);
    if (!graph.has(target)) return [`${file}: imports ${target}, which is not there`];
    if (other !== room.name && !room.imports.includes(other!)) {
      return [`${file}: ${room.name} may not import ${target}`];
    }
    if (room.name !== "runtime" && adapter.test(target)) {
      return [`${file}: only src/runtime imports an adapter: ${target}`];
    }
    return [];
  });
}

/** The table is a map for readers, too: what is not so must not stand in it. */
function tooMany(room: string, imports: readonly string[]): string[] {
  const real = byRoom.get(room) ?? [];
  const unused = imports.filter((other) => !real.includes(other));
  return unused.map((other) => `scripts/support/rooms.ts: ${room} does not import ${other}`);
}

function wrongPackages(file: string): string[] {
  const named = importsOf(parse(file)).filter((specifier) => !/^(\.|node:)/.test(specifier));
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

/** Each circle once, as the way that the search took round it. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const search = (node: string, way: string[]): void => {
    if (way.includes(node)) {
      found.push(`circle: ${[...way.slice(way.indexOf(node)), node].join(" -> ")}`);
      return;
    }
    if (done.has(node)) return;
    done.add(node);
    for (const target of graph.get(node) ?? []) search(target, [...way, node]);
  };
  for (const node of graph.keys()) search(node, []);
  return found;
}
