/**
 * The first step of a child: to join its creator's program, and to say who it is.
 *
 * In most children nothing else is loaded yet. In a bundle the user's modules come right behind this library, in the same file:
 * there it is done at once, by whatever module of this library may be the only one that they use.
 *
 * @module
 */

import type { BootMessage } from "../identity/boot.ts";
import { CHILD_FLAG } from "../identity/child_entry.ts";
import { becomeChild, followCreator, type Self, self } from "../identity/self.ts";
import { adoptLog } from "../log/log.ts";
import { readMessage } from "../messages/message.ts";
import { PartyState } from "../parties/party_state.ts";
import { joinProgram, type Program } from "../parties/program.ts";
import type { ProgramSeed } from "../parties/program_seed.ts";
import { NotSupportedError, ProcessError } from "../errors.ts";
import { bundledChild } from "../runtime/bundled_child.ts";
import { isThread, threadBoot } from "../runtime/boot.ts";
import { runtime } from "../runtime/current.ts";
import type { RuntimeName } from "../runtime/types.ts";
import { programWide } from "../support/program_wide.ts";
import type { Block, BlockRef } from "../sync/block.ts";

/** What a child is started with. */
export interface Seed extends ProgramSeed {
  /** The boot block, which holds a {@linkcode BootMessage}. */
  readonly boot: BlockRef;
  /** The runtime that the child is to be on. */
  readonly runtime: RuntimeName;
}

/** A child that has joined. */
export interface Joined {
  readonly program: Program;
  readonly boot: Block;
  /** Who it is; `null` where that could not be read. */
  readonly self: Self | null;
  /** Who it is, for people. */
  readonly where: string;
  /** Why it cannot do its work, as a list of one or none. */
  readonly problems: readonly unknown[];
}

let joined: Joined | null = null;

/**
 * What a child was started with.
 *
 * @returns The seed, or a promise of it in threads that have to wait for it.
 * @throws {ProcessError} when nobody has started this as a child.
 */
export function readSeed(): Seed | Promise<Seed> {
  const boot = threadBoot();
  if (boot !== null) return boot as Seed | Promise<Seed>;
  const { args } = runtime.program;
  const flag = args.indexOf(CHILD_FLAG);
  if (flag < 0) {
    throw new ProcessError("This module is started by @allcores/multiprocessing, not by hand");
  }
  return JSON.parse(args[flag + 1]) as Seed;
}

/** What this child has joined; `null` where it has not yet. */
export function joinedProgram(): Joined | null {
  return joined;
}

/**
 * Joins the program of this child's creator, and tells it so.
 *
 * @param seed What the creator gave.
 * @returns What was joined.
 */
export function joinCreator(seed: Seed): Joined {
  const program = join(seed);
  const boot = program.memory.open(seed.boot);
  let who: Self | null = null;
  let where = "a child";
  const problems: unknown[] = [];
  try {
    who = readMessage(boot) as BootMessage["self"];
    where = `${who.name} (pid ${runtime.pid})`;
    checkRuntime(seed.runtime);
    checkSockets(seed.sockets);
    settleIn(program, who);
    report(program, PartyState.joined);
  } catch (error) {
    problems.push(error);
  }
  return joined = { program, boot, self: who, where, problems };
}

/**
 * Whether this is a child of a program that is compiled to one executable. Asked once, since the arguments that tell it give way
 * to those of the program.
 */
export function isCompiledChild(): boolean {
  return programWide("compiledChild", () => {
    const { program } = runtime;
    return program.isCompiled && (program.args.includes(CHILD_FLAG) || isThread());
  });
}

/**
 * In a child of a bundle or of a compiled program, joins before the user's modules are evaluated; does nothing elsewhere. Called by
 * the modules that users import, while they are evaluated.
 */
export function joinAtOnce(): void {
  const child = bundledChild();
  // Another copy of this library may have done so: the child has one creator.
  if (self() !== null || child === null && !isCompiledChild()) return;
  if (child !== null) child.start = () => import("../entry/bundled_main.ts");
  joinCreator(readSeed() as Seed);
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

/** Nobody could wake a child that cannot listen to the sockets of its program. */
function checkSockets(names: string): void {
  if (!names.startsWith("\0") || runtime.bells.abstractNames) return;
  throw new NotSupportedError(
    `${runtime.program.executable} cannot use sockets without files, by which its creator wakes it: ` +
      "take Node 22 or later for children of other runtimes, or start the program itself on this Node",
  );
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

/** Tells the creator how far this child is. */
export function report(program: Program, state: number): void {
  program.parties.setState(program.self, state);
  program.waker.notify(program.creator);
}
