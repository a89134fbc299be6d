/**
 * Starting a child, with the same steps for processes and threads, and for everything that runs in them:
 * claim a place in the program, write what the child is to do, start it, and wait until it has accepted.
 *
 * @module
 */

import type { Program } from "../parties/program.ts";
import { type Failure, fromFailure } from "../messages/failure.ts";
import { readMessage, writePair } from "../messages/message.ts";
import type { Move } from "../messages/move.ts";
import { keepMoves, takeDeparted } from "../messages/moves.ts";
import { PartyState } from "../parties/party_state.ts";
import type { Poller } from "../parties/waker.ts";
import { MultiprocessingError, NotSupportedError, ProcessError } from "../errors.ts";
import type { BootMessage } from "../identity/boot.ts";
import { CHILD_FLAG, childEntry } from "../identity/child_entry.ts";
import { isFreezable } from "../identity/compiled_program.ts";
import { describeExit, toExitCode } from "./exit_status.ts";
import { runtime } from "../runtime/current.ts";
import type { ChildHandle, StdioMode } from "../runtime/children.ts";
import type { RuntimeName, StartMethod } from "../runtime/types.ts";
import { shortageIn } from "../support/shortage.ts";
import type { Block } from "../sync/block.ts";
import { executableOf, flagsFor, isOwnExecutable } from "./executables.ts";
import { findExecutable } from "./find_executable.ts";

/** How long (ms) a child may take until it has loaded; what the user wants to run first may take any time. */
const BOOT_DEADLINE = 60_000;
/** Bytes that a child has at least for saying why it refuses its work. */
const REPORT_BYTES = 16_384;

/** What a process can have of its own. */
export interface LaunchOptions {
  readonly runtime: RuntimeName;
  readonly env: Record<string, string> | null;
  readonly cwd: string | null;
  readonly execArgv: readonly string[] | null;
  readonly stdout: StdioMode;
  readonly stderr: StdioMode;
}

/** A child that was started. */
export interface Child {
  /** Its id in the program. */
  readonly party: number;
  readonly handle: ChildHandle;
  /** Resolves when the child has loaded, or has ended: some runtimes crash when a thread is stopped before. */
  readonly joined: Promise<void>;
  /**
   * Resolves when the child has accepted its work, to how long (ms) it prepared for it; rejects with the reason when it
   * refuses, or dies before.
   */
  readonly accepted: Promise<number>;
  /** Resolves to the exit code, or minus the signal's number. */
  readonly exited: Promise<number>;
  /** Where it could not be stopped, and goes on: resolves when it has ended after all; `null` otherwise. */
  readonly abandoned: () => Promise<void> | null;
}

/**
 * Starts a child.
 *
 * @param program The program that it joins.
 * @param message What it is to do.
 * @param options What a process has of its own.
 * @param moves What left for it before; it is taken back when the child cannot be started.
 * @returns The child; it has not accepted its work yet.
 * @throws {SerializationError} when the message cannot be sent; nothing is left then.
 * @throws {ProcessError} when the executable cannot be started.
 */
export function launch(
  program: Program,
  message: BootMessage,
  options: LaunchOptions,
  moves: readonly Move[] = [],
): Child {
  const boot = writePair(program.memory, message.self, message.work, REPORT_BYTES);
  const all = [...moves, ...takeDeparted()];
  let party = 0;
  let handle: ChildHandle;
  try {
    party = program.claim();
    handle = start(program, party, boot, message, options);
  } catch (cause) {
    if (party !== 0) program.parties.release(party);
    boot.free();
    for (const move of all) move.undo();
    throw cannotStart(program.method, options, cause);
  }
  if (handle.pid !== null) program.parties.notePid(party, handle.pid);
  if (all.length > 0) keepMoves(all, () => program.parties.isLost(party));
  // Before the release: what the child said last stands in its slot.
  let join!: () => void;
  const joined = new Promise<void>((resolve) => join = resolve);
  const whose = { name: message.self.name, runtime: options.runtime };
  const accepted = acceptance(program, party, boot, handle, whose, join);
  accepted.catch(() => {});
  let abandoned: Promise<void> | null = null;
  const exited = handle.exited.then((status) => {
    abandoned = status.abandoned?.then(() => program.bury(party)) ?? null;
    if (abandoned === null) program.bury(party);
    else program.abandon(party);
    return toExitCode(status);
  });
  return { party, handle, joined, accepted, exited, abandoned: () => abandoned };
}

function start(
  program: Program,
  party: number,
  boot: Block,
  message: BootMessage,
  options: LaunchOptions,
): ChildHandle {
  const seed = { ...program.seedFor(party), boot: boot.ref, runtime: options.runtime };
  const { name } = message.self;
  if (program.method === "thread") {
    if (runtime.program.isCompiled) throw noThreads();
    const { stdout, stderr } = options;
    return runtime.startThread({ entry: childEntry, name, message: seed, stdout, stderr });
  }
  const isSelf = runtime.program.isCompiled && options.runtime === runtime.name;
  if (isSelf) checkFreezable();
  const executable = findExecutable(executableOf(options.runtime), options);
  return runtime.startProcess({
    executable,
    runtime: options.runtime,
    execArgv: isSelf ? [] : flagsFor(options.runtime, options.execArgv),
    entry: isSelf ? null : entryFor(options.runtime),
    args: [CHILD_FLAG, JSON.stringify(seed)],
    env: options.env,
    cwd: options.cwd,
    stdout: options.stdout,
    stderr: options.stderr,
  });
}

function noThreads(): NotSupportedError {
  return new NotSupportedError(
    "A program that is compiled to one executable has no module that a thread could start with: " +
      'use the start method "process"',
  );
}

/** A compiled program that does not expect to be its own child would do its work again, and again. */
function checkFreezable(): void {
  if (isFreezable()) return;
  throw new ProcessError(
    "A program that is compiled to one executable starts itself again for each child: " +
      "put `await freezeSupport()` first in its main module",
  );
}

/** Deno runs modules by URL, which may be remote; the others run files. */
function entryFor(name: RuntimeName): string {
  if (name === "deno") return childEntry;
  const url = new URL(childEntry);
  if (url.protocol === "file:") return decodeURIComponent(url.pathname);
  throw new NotSupportedError(
    `Cannot start ${name} on ${childEntry}: install the package from npm for that`,
  );
}

function cannotStart(method: StartMethod, { runtime: name }: LaunchOptions, cause: unknown): Error {
  if (cause instanceof MultiprocessingError) return cause;
  const what = method === "thread" ? "a thread" : `${name} (${executableOf(name)})`;
  const reason = shortageIn(cause) ?? otherReason(method, name, cause);
  return new ProcessError(`Cannot start ${what}: ${reason}`, { cause });
}

function otherReason(method: StartMethod, name: RuntimeName, cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (method === "thread") return reason;
  return `${reason}. setExecutable(path, { runtime: "${name}" }) names another executable`;
}

/** Which child it is, for people. */
interface Whose {
  readonly name: string;
  readonly runtime: RuntimeName;
}

/** Whether a child accepts its work. Long because each way in which it may turn out ends all others. */
function acceptance(
  program: Program,
  party: number,
  boot: Block,
  handle: ChildHandle,
  whose: Whose,
  onJoin: () => void,
): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    const settle = (action: () => void) => {
      if (!poller.waiting) return;
      poller.waiting = false;
      program.waker.remove(poller);
      begin();
      action();
      boot.free();
    };
    const begin = (): void => {
      clearTimeout(deadline);
      onJoin();
    };
    let seen: number = PartyState.starting;
    const look = (): boolean => {
      const state = program.parties.state(party);
      if (state === seen) return false;
      seen = state;
      begin();
      if (state === PartyState.running) settle(() => resolve(boot.words[0] / 1000));
      if (state === PartyState.refused) settle(() => reject(refusal(boot)));
      return true;
    };
    const poller: Poller & { waiting: boolean } = { waiting: true, poll: look };
    const deadline = setTimeout(() => {
      if (look()) return;
      handle.kill("SIGKILL");
      const limit = `${whose.name} did not start within ${BOOT_DEADLINE} ms`;
      settle(() => reject(new ProcessError(limit)));
    }, BOOT_DEADLINE);
    handle.exited.then((status) => {
      // It may have accepted its work, done it and ended before anybody looked.
      look();
      settle(() => reject(endedTooEarly(handle, whose, describeExit(toExitCode(status)))));
    });
    program.waker.add(poller);
  });
}

function endedTooEarly(handle: ChildHandle, whose: Whose, end: string): ProcessError {
  const who = handle.pid === null ? whose.name : `${whose.name} (pid ${handle.pid})`;
  const doubt = isOwnExecutable(whose.runtime)
    ? ""
    : `. Is ${executableOf(whose.runtime)} an executable of ${whose.runtime}?`;
  return new ProcessError(`${who} ended before it started: ${end}${doubt}`);
}

/** Why a child refuses its work. */
function refusal(boot: Block): unknown {
  return fromFailure(readMessage(boot) as Failure);
}
