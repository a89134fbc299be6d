/**
 * From the start of a child to the end of its work: join the program, read what is to be done, say whether it is accepted,
 * do it.
 *
 * @module
 */

import { decodeWithImports, setHandleLoader } from "../messages/decode_with_imports.ts";
import type { Program } from "../parties/program.ts";
import { toFailure } from "../messages/failure.ts";
import { readSecond, rewriteMessage } from "../messages/message.ts";
import { PartyState } from "../parties/party_state.ts";
import { ProcessError } from "../errors.ts";
import type { BootMessage } from "../identity/boot.ts";
import { holding } from "../event_loop/keep_alive.ts";
import { reportUncaught } from "../process/uncaught.ts";
import {
  joinCreator,
  type Joined,
  joinedProgram,
  readSeed,
  report,
} from "../process/join_creator.ts";
import { runtime } from "../runtime/current.ts";
import type { Block } from "../sync/block.ts";
import type { Parts } from "./parts.ts";

/** The longest time (µs) that can be told. */
const LONGEST_TIME = 2 ** 31 - 1;
/** How many lines an error may have that is reported in place of one that is too long. */
const SHORT_REPORT = 2_000;

/**
 * Runs this child as a program; prints what prevents that.
 *
 * @param parts What it loads besides.
 */
export function startChild(parts: Parts): void {
  // Not awaited: on some runtimes a thread hears no message before its main module has been evaluated.
  runChild(parts).catch((error) => {
    runtime.writeError(`${error?.stack ?? error}\n`);
    runtime.lifecycle.exit(1);
  });
}

/**
 * Runs this child. Until its work is done it stays, as Python's does, also while it waits for what no event loop knows of:
 * what never comes, to be terminated, or what comes by an unreferenced timer.
 *
 * @param parts What it loads besides.
 */
export async function runChild(parts: Parts): Promise<void> {
  await holding(work(parts));
}

async function work(parts: Parts): Promise<void> {
  const joined = joinedProgram() ?? joinCreator(await readSeed());
  // A child has loaded no class of handles: each is there when its first instance arrives.
  setHandleLoader((kind) => parts.handle(kind));
  const run = await accept(joined, parts);
  await run();
}

/**
 * Prepares the work, and tells the creator whether it can be done. Returns what does it. Why it cannot is printed as well, since
 * nobody may ask the creator; a pool tells of its workers itself.
 */
async function accept(
  { program, boot, self, where, problems }: Joined,
  parts: Parts,
): Promise<() => Promise<void>> {
  try {
    for (const problem of problems) throw problem;
    const since = performance.now();
    const work = await decodeWithImports(() => readSecond(boot)) as BootMessage["work"];
    const run = await prepare(program, work, parts);
    // The message has been read: its place is used to tell how long this took (µs).
    boot.words[0] = Math.min(LONGEST_TIME, Math.round((performance.now() - since) * 1000));
    report(program, PartyState.running);
    // What comes now may never yield.
    await program.waker.sent(program.creator);
    return run;
  } catch (error) {
    refuse(boot, error, where);
    report(program, PartyState.refused);
    if (!self?.poolWorker) reportUncaught(self?.name ?? where, error);
    // Not left to the event loop: a module that was imported may keep it going.
    return runtime.lifecycle.exit(1);
  }
}

/** A child loads only what its own kind of work needs. */
async function prepare(
  program: Program,
  work: BootMessage["work"],
  parts: Parts,
): Promise<() => Promise<void>> {
  if (work.kind === "process") return await (await parts.process())(program, work);
  return await (await parts.worker())(program, work);
}

function refuse(boot: Block, error: unknown, where: string): void {
  if (rewriteMessage(boot, toFailure(error, where), "error")) return;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  rewriteMessage(boot, toFailure(new ProcessError(text.slice(0, SHORT_REPORT)), where), "error");
}
