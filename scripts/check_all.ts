/**
 * Every check that needs no test run: a line for each, the output of those that fail, and exit code 1 if any did.
 *
 * ```sh
 * npm run check
 * npm run check -- rooms sizes
 * ```
 *
 * @module
 */

import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import process from "node:process";
import { runCommand } from "./support/command.ts";
import { inRoot } from "./support/paths.ts";
import { executable } from "./support/runtimes.ts";
import { sideBySide } from "./support/side_by_side.ts";
import { indent } from "./support/text.ts";

/** A check: a command that succeeds when all is well. */
interface Check {
  name: string;
  command: string[];
  /** A file without which there is nothing to check. */
  needs?: string;
  /** The check before it that has to be done first. */
  after?: string;
}

const deno = executable("deno");
const node = executable("node");
const tsc = [node, inRoot("node_modules/typescript/bin/tsc")];

const publicModules = ["mod.ts", "src/doctor/mod.ts", "src/dashboard/mod.ts"];

/** The longest first, so that none is left alone at the end. */
const checks: Check[] = [
  { name: "types", command: [...tsc, "-p", "tsconfig.json"] },
  { name: "page types", command: [...tsc, "-p", "src/dashboard/page/tsconfig.json"] },
  { name: "page", command: [node, "scripts/build_page.ts", "--check"] },
  { name: "declarations", command: [...tsc, "-p", "tsconfig.published.json"], needs: "mod.ts" },
  { name: "build", command: [node, "node_modules/tsup/dist/cli-default.js"], needs: "mod.ts" },
  {
    name: "publish",
    command: [deno, "publish", "--dry-run", "--allow-dirty"],
    needs: "mod.ts",
    after: "build",
  },
  { name: "exports", command: [node, "scripts/check_exports.ts"], needs: "mod.ts", after: "build" },
  { name: "bundles", command: [node, "scripts/check_bundles.ts"], needs: "mod.ts", after: "build" },
  {
    name: "published",
    command: [node, "scripts/check_published_types.ts"],
    needs: "mod.ts",
    after: "build",
  },
  { name: "lint", command: [deno, "lint", "--quiet"] },
  { name: "format", command: [deno, "fmt", "--check"] },
  { name: "rooms", command: [node, "scripts/check_rooms.ts"] },
  { name: "tests", command: [node, "scripts/check_tests.ts"] },
  { name: "sizes", command: [node, "scripts/check_sizes.ts"] },
  { name: "docs", command: [deno, "doc", "--quiet", "--lint", ...publicModules], needs: "mod.ts" },
  { name: "runtime names", command: [node, "scripts/check_runtime_names.ts"] },
  { name: "overview", command: [node, "scripts/draw_overview.ts", "--check"] },
  { name: "drawn rooms", command: [node, "scripts/draw_rooms.ts", "--check"] },
  { name: "versions", command: [node, "scripts/check_versions.ts"] },
];

const wanted = process.argv.slice(2);
const chosen = checks.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const started = new Map<string, Promise<void>>();
await sideBySide(chosen, availableParallelism(), async (check) => {
  if (check.after !== undefined) await started.get(check.after);
  const run = runCheck(check);
  started.set(check.name, run);
  await run;
});

async function runCheck({ name, command, needs }: Check): Promise<void> {
  if (needs && !existsSync(inRoot(needs))) return print("none", name, `(there is no ${needs})`);
  const started = performance.now();
  const result = await runCommand(command, { env: { NO_COLOR: "1" }, timeout: 300_000 });
  const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  const good = result.code === 0;
  print(good ? "ok" : "FAILED", name, seconds);
  if (good) return;
  console.log(indent(result.output.trimEnd()));
  process.exitCode = 1;
}

function print(verdict: string, name: string, rest: string): void {
  console.log(`${verdict.padEnd(6)} ${name.padEnd(13)} ${rest}`);
}
