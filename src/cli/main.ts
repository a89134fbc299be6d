#!/usr/bin/env node
/**
 * The command `allcores`: `npx allcores doctor`, `bunx allcores doctor`, `deno run -A jsr:@allcores/multiprocessing/cli doctor`.
 *
 * A module that is run, and exports nothing. A child of it, whose main module this is, too, does nothing here. What a runtime that
 * is too old cannot load is loaded late, so that it is told of that.
 *
 * @module
 */

import { self } from "../identity/self.ts";
import { tooOld } from "./too_old.ts";
import { type CommandProgram, standardOutput } from "./output.ts";
import { run } from "./run.ts";

if (self() === null) void main();

async function main(): Promise<void> {
  const program = await standardOutput();
  // What a hanging child holds must not hold this program.
  await program.end(await codeOf(program));
}

async function codeOf({ args, output }: CommandProgram): Promise<number> {
  try {
    return await run(args, output);
  } catch (error) {
    const age = tooOld();
    if (age === null) throw error;
    output.complain(`${age}\n`);
    return 1;
  }
}
