/**
 * Checks the ways by which users come to this library: makes a small project for each tool of `scripts/ways`, with the packed
 * package and the tool from the npm registry, tries it, and prints a table with a row for each way to use it. A way that
 * cannot work has to be refused with the message that its row names. Exit code 1 if one is neither.
 *
 * ```sh
 * npm run check:ways                      # all
 * npm run check:ways -- --quick           # those that take little time
 * npm run check:ways -- vitest jest       # these tools
 * npm run check:ways -- --keep vitest     # leaves the folder, and says where
 * ```
 *
 * @module
 */

import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import process from "node:process";
import { inRoot } from "./support/paths.ts";
import { sideBySide } from "./support/side_by_side.ts";
import { table } from "./support/table.ts";
import { indent, tail } from "./support/text.ts";
import { createProject, packPackage, removeFolder } from "./support/ways/project.ts";
import type { Project, Tool, Way } from "./support/ways/way.ts";

/** What the table shows of a way. */
interface Row {
  section: string;
  name: string;
  verdict: "works" | "refused" | "FAILED";
  note: string;
  seconds: number;
}

const args = process.argv.slice(2);
const isQuick = args.includes("--quick");
const names = args.filter((arg) => !arg.startsWith("--"));
const tools = (await allTools()).filter((tool) =>
  names.length > 0 ? names.includes(tool.name) : !isQuick || tool.isQuick
);
const unknown = names.filter((name) => !tools.some((tool) => tool.name === name));
if (unknown.length > 0) throw new RangeError(`There is no tool ${unknown.join(", ")}`);
const wrong = args.filter((arg) => arg.startsWith("--") && !["--quick", "--keep"].includes(arg));
if (wrong.length > 0) {
  const all = tools.map(({ name }) => name).join(", ");
  throw new RangeError(`No ${wrong.join(" ")}, but --quick, --keep, or some of: ${all}`);
}

const rows = new Map<Way, Row>();
const folder = await packPackage();
try {
  await sideBySide(tools, availableParallelism(), tryTool);
} finally {
  if (args.includes("--keep")) console.log(`kept: ${folder}`);
  else removeFolder(folder);
}
print(tools.flatMap(({ ways }) => ways).flatMap((way) => rows.get(way) ?? []));

/** Every file of `scripts/ways` exports one. */
async function allTools(): Promise<Tool[]> {
  const files = readdirSync(inRoot("scripts/ways")).sort();
  return await Promise.all(files.map(async (file) => {
    const { tool } = await import(`./ways/${file}`) as { tool: Tool };
    return tool;
  }));
}

/** Where the project cannot be made, say because the registry is not in reach, each way of it has failed. */
async function tryTool(tool: Tool): Promise<void> {
  const project = createProject(folder, tool);
  for (const way of tool.ways) {
    if (isQuick && way.isQuick === false) continue;
    const row = await tryWay(tool, way, project);
    rows.set(way, row);
    console.log(`${row.verdict.padEnd(7)} ${row.name} (${row.seconds.toFixed(1)} s)`);
  }
}

async function tryWay(tool: Tool, way: Way, created: Promise<Project>): Promise<Row> {
  const started = performance.now();
  const { works, note = "", output } = await created.then((project) => way.run(project))
    .catch((error) => ({ works: false, note: "", output: String(error?.stack ?? error) }));
  const seconds = (performance.now() - started) / 1000;
  const row = { section: tool.section, name: way.name, seconds };
  if (way.refused === undefined && works) return { ...row, verdict: "works", note };
  const line = way.refused && output.split("\n").find((line) => way.refused?.test(line));
  if (line && !works) return { ...row, verdict: "refused", note: line.trim() };
  process.exitCode = 1;
  console.log(indent(tail(output, 60)));
  return { ...row, verdict: "FAILED", note };
}

function print(rows: Row[]): void {
  for (const section of new Set(rows.map((row) => row.section))) {
    const own = rows.filter((row) => row.section === section);
    const cells = own.map((row) => [row.name, row.verdict, row.seconds.toFixed(1), row.note]);
    console.log(`\n${section}\n\n${table(["way", "verdict", "s", "note"], cells, "llrl")}`);
  }
}
