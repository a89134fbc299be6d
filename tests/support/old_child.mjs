/**
 * A program that starts children on an older Node, whose path is its argument: as they could not be woken, they are refused with the
 * reason. Plain JavaScript, since `scripts/check_node_versions.ts` runs it with the installed package.
 */

import process from "node:process";
import { getContext, setExecutable } from "@allcores/multiprocessing";

export function square(x) {
  return x * x;
}

const { isMainProcess, Pool, Process } = getContext("process");

if (isMainProcess()) {
  setExecutable(process.argv[2], { runtime: "node" });
  const pool = new Pool({ processes: 1, runtime: "node" });
  const child = new Process({ target: square, args: [3], runtime: "node", stderr: "null" });
  await child.start();
  const tries = [pool.apply(square, [3]), child.ready()];
  const refused = /NotSupportedError.* take Node 22 or later/;
  for (const outcome of await Promise.allSettled(tries)) {
    if (outcome.status === "rejected" && refused.test(String(outcome.reason))) continue;
    console.log(outcome.reason ?? `it answered ${outcome.value}`);
    process.exitCode = 1;
  }
  await pool.terminate();
  await child.join();
}
