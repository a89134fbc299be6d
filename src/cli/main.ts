#!/usr/bin/env node
/**
 * The command `allcores`: `npx allcores doctor`, `bunx allcores doctor`, `deno run -A jsr:@allcores/multiprocessing/cli doctor`.
 *
 * A module that is run, and exports nothing. A child of it, whose main module this is, too, does nothing here.
 *
 * @module
 */

import { isMainProcess } from "../process/current.ts";
import { standardOutput } from "./output.ts";
import { run } from "./run.ts";

if (isMainProcess()) void main();

async function main(): Promise<void> {
  const { output, args, end } = await standardOutput();
  // What a hanging child holds must not hold this program.
  await end(await run(args, output));
}
