/**
 * From the start of a child to the end of its work: join the program, read what is to be done, say whether it is accepted,
 * do it.
 *
 * @module
 */

import { decodeWithImports, setHandleLoader } from "../messages/decode_with_imports.ts";
import { joinProgram, type Program } from "../parties/program.ts";
import type { ProgramSeed } from "../parties/program_seed.ts";
import { toFailure } from "../messages/failure.ts";
import { readMessage, readSecond, rewriteMessage } from "../messages/message.ts";
import { PartyState } from "../parties/party_state.ts";
import { ProcessError } from "../errors.ts";
import type { BootMessage } from "../identity/boot.ts";
import { CHILD_FLAG } from "../identity/child_entry.ts";
import { holding } from "../event_loop/keep_alive.ts";
import { adoptLog } from "../log/log.ts";
import { becomeChild, followCreator, type Self } from "../identity/self.ts";
import { reportUncaught } from "../process/uncaught.ts";
import { threadBoot } from "../runtime/boot.ts";
import { runtime } from "../runtime/current.ts";
import type { RuntimeName } from "../runtime/types.ts";
import type { Block, BlockRef } from "../sync/block.ts";
import type { Parts } from "./parts.ts";

/** What a child is started with. */
interface Seed extends ProgramSeed {
  /** The boot block, which holds a {@linkcode BootMessage}. */
  readonly boot: BlockRef;
  /** The runtime that the child is to be on. */
  readonly runtime: RuntimeName;
}

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
  const seed = await readSeed();
  const program = join(seed);
  // A child has loaded no class of handles: each is there when its first instance arrives.
  setHandleLoader((kind) => parts.handle(kind));
  const boot = program.memory.open(seed.boot);
  const run = await accept(program, boot, parts, seed.runtime);
  await run();
}

/** On another runtime than it is to be on, a child has the wrong flags, and may be unable even to join and say so. */
function join(seed: Seed): Program {
  try {
    return joinProgram(seed);
  } catch (error) {
    checkRuntime(seed.runtime);
    throw error;
  }
}

function checkRuntime(expected: RuntimeName): void {
  if (runtime.name === expected) return;
  throw new ProcessError(
    `${runtime.program.executable} is ${runtime.name}, and was to be ${expected}: ` +
      `setExecutable(path, { runtime: "${expected}" }) names an executable of ${expected}`,
  );
}

async function readSeed(): Promise<Seed> {
  const boot = threadBoot();
  if (boot !== null) return await boot as Seed;
  const { args } = runtime.program;
  const flag = args.indexOf(CHILD_FLAG);
  if (flag < 0) {
    throw new ProcessError("This module is started by @allcores/multiprocessing, not by hand");
  }
  return JSON.parse(args[flag + 1]) as Seed;
}

/**
 * Prepares the work, and tells the creator whether it can be done. Returns what does it. Why it cannot is printed as well, since
 * nobody may ask the creator; a pool tells of its workers itself.
 */
async function accept(
  program: Program,
  boot: Block,
  parts: Parts,
  expected: RuntimeName,
): Promise<() => Promise<void>> {
  let self: Self | null = null;
  let where = "a child";
  try {
    self = readMessage(boot) as Self;
    where = `${self.name} (pid ${runtime.pid})`;
    checkRuntime(expected);
    settleIn(program, self);
    report(program, PartyState.joined);
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

function settleIn(program: Program, child: Self): void {
  becomeChild(child);
  adoptLog();
  runtime.program.setArguments(child.mainModule, child.args);
  program.settleIn();
  if (child.daemon && child.method === "process") {
    const isAlive = () => program.isAlive(program.creator);
    runtime.lifecycle.dieWithCreator(child.creatorPid, isAlive);
  }
  const ended = new Promise<void>((resolve) => program.waker.watch(program.creator, resolve));
  followCreator(ended);
  ended.then(() => child.daemon ? runtime.lifecycle.exit(1) : program.sweep());
}

function report(program: Program, state: number): void {
  program.parties.setState(program.self, state);
  program.waker.notify(program.creator);
}

function refuse(boot: Block, error: unknown, where: string): void {
  if (rewriteMessage(boot, toFailure(error, where), "error")) return;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  rewriteMessage(boot, toFailure(new ProcessError(text.slice(0, SHORT_REPORT)), where), "error");
}
