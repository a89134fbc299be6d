/**
 * What a child does that was started by a `Process`.
 *
 * @module
 */

import { childrenEnded } from "./children.ts";
import type { Program } from "../parties/program.ts";
import { decodeWithImports } from "../messages/decode_with_imports.ts";
import { readMessage } from "../messages/message.ts";
import type { ProcessWork } from "../identity/boot.ts";
import { LEVELS, writeLog } from "../log/log.ts";
import { allFinished } from "../event_loop/unfinished.ts";
import { markWork } from "../identity/code_origin.ts";
import { processName, self } from "../identity/self.ts";
import { runtime } from "../runtime/current.ts";
import type { BlockRef } from "../sync/block.ts";
import { load } from "./load.ts";
import { reportUncaught } from "./uncaught.ts";

/**
 * Gets everything that the work needs.
 *
 * @param program The program.
 * @param work The work.
 * @returns What does it.
 * @throws when a module or an export is missing.
 */
export async function prepareProcess(
  program: Program,
  work: ProcessWork,
): Promise<() => Promise<void>> {
  // From now on: a module may fail after it was imported.
  runtime.lifecycle.onUncaught(fail);
  const target = work.target === null ? undefined : await load(work.target);
  const args = await read(program, work.args) as unknown[];
  if (work.subclass === null) return () => run(() => target?.(...args));
  const subclass = await load(work.subclass);
  const fields = await read(program, work.fields!) as object;
  // Only a subclass needs the class itself: the ordinary child starts without it.
  const { createInstance } = await import("./subclass.ts");
  const instance = createInstance(subclass, target, args, fields);
  return () => run(() => instance.run());
}

async function read(program: Program, ref: BlockRef): Promise<unknown> {
  const block = program.memory.open(ref);
  return await decodeWithImports(() => readMessage(block));
}

async function run(work: () => unknown): Promise<void> {
  try {
    writeLog(LEVELS.info, "child process calling self.run()");
    await markWork(work);
  } catch (error) {
    return await fail(error);
  }
  if (runtime.capabilities(self()!.method).drainsEventLoop) return;
  await childrenEnded();
  await allFinished();
  runtime.lifecycle.exit();
}

/** Prints an error that nobody caught, and ends this child once its own children have ended. */
async function fail(error: unknown): Promise<void> {
  reportUncaught(processName(), error);
  runtime.lifecycle.setExitCode(1);
  await childrenEnded();
  runtime.lifecycle.exit(1);
}
