/**
 * Ending with whoever started this program: npm does not take along what it runs when it is killed, and neither do the
 * other two.
 */

import { readFileSync } from "node:fs";
import process from "node:process";

/** How often (ms) to look. */
const interval = 250;

/** Lets this program end when the `npm run`, `bun run` or `deno task` that it was started by is gone. */
export function endWithStarter(): void {
  const starters = findStarters();
  setInterval(() => {
    if (findStarters() !== starters) process.exit(1);
  }, interval).unref();
}

/** The pids of the parent and, where npm put a shell in between, of its parent; `/proc` knows the latter. */
function findStarters(): string {
  const parent = process.ppid;
  return process.env.npm_execpath?.endsWith("npm-cli.js")
    ? `${parent} ${parentOf(parent)}`
    : `${parent}`;
}

function parentOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // After the name, which is in parentheses: state, parent.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
  } catch {
    return "";
  }
}
