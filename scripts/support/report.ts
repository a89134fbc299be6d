/** How a check says what it found: one problem a line, and an exit code. */

import process from "node:process";

/** Prints the problems; the exit code is 1 when there are any. */
export function report(problems: string[]): void {
  for (const problem of problems) console.log(problem);
  if (problems.length > 0) process.exitCode = 1;
}
