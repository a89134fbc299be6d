/**
 * Checks the npm package as its users get it: builds and packs it, installs the tarball in a folder of its own beside the
 * versions of Node that are supported, and runs `tests/support/package_smoke.mjs` and
 * `allcores doctor` there on each of them, on Deno and on Bun.
 *
 * ```sh
 * node scripts/check_node_versions.ts          # 20 24 26
 * node scripts/check_node_versions.ts 20.16.0
 * ```
 *
 * @module
 */

import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { type CommandResult, runCommand } from "./support/command.ts";
import { inRoot } from "./support/paths.ts";
import { executable } from "./support/runtimes.ts";
import { sideBySide } from "./support/side_by_side.ts";
import { indent } from "./support/text.ts";

const npm = process.platform === "win32" ? "npm.cmd" : "npm";
const versions = process.argv.length > 2 ? process.argv.slice(2) : ["20", "24", "26"];
const folder = mkdtempSync(join(tmpdir(), "acn-"));

try {
  await prepare();
  await sideBySide(programs(), availableParallelism(), ([name, command]) => smoke(name, command));
  await refuseOldChildren();
  for (const [name, command] of commands()) await askDoctor(name, command);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Leaves a folder with the installed package, the versions of Node as `node20` and so on, and the program to run. */
async function prepare(): Promise<void> {
  await succeed([npm, "pack", "--silent", "--pack-destination", folder], inRoot());
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  const nodes = versions.map((version) => [alias(version), `npm:node@${version}`]);
  const manifest = {
    private: true,
    type: "module",
    dependencies: {
      "@allcores/multiprocessing": `file:./${tarball}`,
      ...Object.fromEntries(nodes),
    },
    allowScripts: { koffi: true, node: true },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  for (const program of ["package_smoke.mjs", "old_child.mjs"]) {
    copyFileSync(inRoot(`tests/support/${program}`), join(folder, program));
  }
  await succeed([npm, "install", "--no-audit", "--no-fund", "--prefer-offline"], folder);
}

function alias(version: string): string {
  return `node${version.replaceAll(".", "-")}`;
}

/** Every program that has to run the package, with its name. */
function programs(): [string, string[]][] {
  const exe = process.platform === "win32" ? "node.exe" : "node";
  const nodes = versions.map((version): [string, string[]] => [
    `node ${version}`,
    [join(folder, "node_modules", alias(version), "bin", exe)],
  ]);
  const deno = [executable("deno"), "run", "-A", "--node-modules-dir=manual"];
  return [...nodes, ["deno", deno], ["bun", [executable("bun")]]];
}

/** Every way to call the command, with its name. */
function commands(): [string, string[]][] {
  const bin = join(folder, "node_modules/@allcores/multiprocessing/dist/cli/main.js");
  const npx = process.platform === "win32" ? "npx.cmd" : "npx";
  const deno = [executable("deno"), "run", "-A", "--node-modules-dir=manual"];
  return [
    ...programs().map(([name, command]): [string, string[]] => [name, [...command, bin]]),
    ["npx", [npx, "--no-install", "allcores"]],
    ["bunx", [executable("bun"), "x", "--no-install", "allcores"]],
    ["deno run npm:", [...deno, "npm:@allcores/multiprocessing"]],
  ];
}

async function askDoctor(name: string, command: string[]): Promise<void> {
  const { code, stdout, output } = await run([...command, "doctor", "--json"], folder);
  const isWell = code === 0 && JSON.parse(stdout).works === true;
  console.log(`${isWell ? "ok    " : "FAILED"} allcores doctor by ${name}`);
  if (isWell) return;
  console.log(indent(output.trimEnd()));
  process.exitCode = 1;
}

/** Others than Node 20 itself cannot wake children on it: they have to say so. */
async function refuseOldChildren(): Promise<void> {
  const [old, ...others] = programs();
  if (versions[0] !== "20") return;
  for (const [name, command] of others) {
    const args = ["old_child.mjs", ...old[1]];
    await check(`children on Node 20 of a program on ${name}`, [...command, ...args]);
  }
}

async function smoke(name: string, command: string[]): Promise<void> {
  await check(`package on ${name}`, [...command, "package_smoke.mjs"]);
}

async function check(what: string, command: string[]): Promise<void> {
  const result = await run(command, folder);
  const good = result.code === 0 && !result.timedOut;
  console.log(`${good ? "ok    " : "FAILED"} ${what}`);
  if (good) return;
  console.log(indent(result.output.trimEnd()));
  process.exitCode = 1;
}

function run(command: string[], cwd: string): Promise<CommandResult> {
  return runCommand(command, { cwd, env: { NO_COLOR: "1" }, timeout: 180_000 });
}

async function succeed(command: string[], cwd: string): Promise<void> {
  const result = await run(command, cwd);
  if (result.code === 0) return;
  throw new Error(`Command failed: ${command.join(" ")}\n${indent(result.output.trimEnd())}`);
}
