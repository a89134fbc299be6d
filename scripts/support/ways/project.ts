/** Small projects of users, each in a folder of its own, with the packed package installed. */

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { type CommandResult, runCommand } from "../command.ts";
import { inRoot } from "../paths.ts";
import { executable } from "../runtimes.ts";
import { indent } from "../text.ts";
import type { Project, Tool } from "./way.ts";

const npm = process.platform === "win32" ? "npm.cmd" : "npm";

/** Milliseconds that a command may take. */
const LIMIT = 180_000;

/** Packs the package into a new folder, and gives that. */
export async function packPackage(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "acw-"));
  await succeed([npm, "pack", "--silent", "--pack-destination", folder], inRoot());
  return folder;
}

/** Makes the project of a tool below the folder with the package. */
export async function createProject(folder: string, tool: Tool): Promise<Project> {
  const own = join(folder, tool.name.replace(/\W+/g, "-"));
  const tarball = join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz"))!);
  const manifest = {
    private: true,
    type: "module",
    dependencies: { "@allcores/multiprocessing": `file:${tarball}`, ...tool.packages },
    allowScripts: { koffi: true, node: true, esbuild: true },
    ...tool.manifest,
  };
  const files = { "package.json": JSON.stringify(manifest), ...tool.files };
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(own, name)), { recursive: true });
    writeFileSync(join(own, name), text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  await succeed([npm, "install", "--no-audit", "--no-fund", "--prefer-offline"], own);
  return {
    folder: own,
    tarball,
    write,
    path: (...parts) => join(own, ...parts),
    bin: (name) => join(own, "node_modules", ".bin", name),
    run: (command, { env, cwd } = {}) => run(command, cwd ?? own, env),
  };
}

/** Removes what was made. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Programs that name the runtimes get those of this repository. */
function run(
  command: string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<CommandResult> {
  const own = [executable("node"), executable("bun"), executable("deno")].map(dirname);
  const PATH = [...own, process.env.PATH ?? ""].join(delimiter);
  return runCommand(command, { cwd, env: { NO_COLOR: "1", PATH, ...env }, timeout: LIMIT });
}

async function succeed(command: string[], cwd: string): Promise<void> {
  const result = await run(command, cwd);
  if (result.code === 0) return;
  throw new Error(`Command failed: ${command.join(" ")}\n${indent(result.output.trimEnd())}`);
}
