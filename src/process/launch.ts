/**
 * Starting a child, with the same steps for processes and threads, and for everything that runs in them:
 * claim a place in the program, write what the child is to do, start it, and hear whether it accepts that.
 *
 * @module
 */

import type { Program } from "../parties/program.ts";
import { writePair } from "../messages/message.ts";
import type { Move } from "../messages/move.ts";
import { keepMoves, takeDeparted } from "../messages/moves.ts";
import { MultiprocessingError, ProcessError } from "../errors.ts";
import type { BootMessage } from "../identity/boot.ts";
import { CHILD_FLAG, childEntry } from "../identity/child_entry.ts";
import { isFreezable } from "../identity/compiled_program.ts";
import { runtime } from "../runtime/current.ts";
import { entryArguments } from "../runtime/entry_arguments.ts";
import { awaitThreadMessage, startProcess, startThread } from "../runtime/starts.ts";
import type { ChildEntry, ChildHandle, StdioMode } from "../runtime/children.ts";
import type { Grants } from "../runtime/permissions.ts";
import type { RuntimeName, StartMethod } from "../runtime/types.ts";
import { shortageIn } from "../support/shortage.ts";
import type { Block } from "../sync/block.ts";
import { Acceptance } from "./acceptance.ts";
import { executableOf, flagsFor } from "./executables.ts";
import { toExitCode } from "./exit_status.ts";
import { findExecutable } from "./find_executable.ts";

/** Bytes that a child has at least for saying why it refuses its work. */
const REPORT_BYTES = 16_384;

/** What a process can have of its own. */
export interface LaunchOptions {
  readonly runtime: RuntimeName;
  readonly env: Record<string, string> | null;
  readonly cwd: string | null;
  readonly execArgv: readonly string[] | null;
  /** What it may do; `null` for what this program may. */
  readonly permissions: Grants | null;
  readonly stdout: StdioMode;
  readonly stderr: StdioMode;
}

/** A child that was started. */
export interface Child {
  /** Its id in the program. */
  readonly party: number;
  readonly handle: ChildHandle;
  /** Whether it accepts its work. */
  readonly acceptance: Acceptance;
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
    party = program.claim(message.self.daemon);
    handle = start(program, party, boot, message, options);
  } catch (cause) {
    if (party !== 0) program.parties.release(party);
    boot.free();
    for (const move of all) move.undo();
    throw cannotStart(program.method, options, cause);
  }
  if (handle.pid !== null) program.parties.notePid(party, handle.pid);
  if (all.length > 0) keepMoves(all, () => program.parties.isLost(party));
  const { name } = message.self;
  const { runtime } = options;
  // It hears of the end before the release: what the child said last stands in its slot.
  const acceptance = new Acceptance({ program, party, boot, handle, name, runtime });
  let abandoned: Promise<void> | null = null;
  const exited = handle.exited.then((status) => {
    abandoned = status.abandoned?.then(() => program.bury(party)) ?? null;
    if (abandoned === null) program.bury(party);
    else program.abandon(party);
    if (status.signal !== null) program.sweep();
    return toExitCode(status);
  });
  return { party, handle, acceptance, exited, abandoned: () => abandoned };
}

/**
 * Ends a child: a process at once, a thread when it has loaded, since some runtimes crash when a thread is stopped before.
 *
 * @param child The child.
 * @param signal The signal; a thread is stopped by any.
 */
export function stopChild({ handle, acceptance }: Child, signal: string): void {
  if (handle.pid !== null || acceptance.hasJoined()) handle.kill(signal);
  else void acceptance.joined.then(() => handle.kill(signal));
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
    const { stdout, stderr, permissions } = options;
    const entry = threadEntry(message);
    return startThread({ entry, name, message: seed, permissions, stdout, stderr });
  }
  const isSelf = runtime.program.isCompiled && options.runtime === runtime.name;
  if (isSelf) checkFreezable();
  const executable = findExecutable(executableOf(options.runtime), options);
  return startProcess({
    executable,
    runtime: options.runtime,
    execArgv: isSelf ? [] : flagsFor(options.runtime, options.execArgv, options.permissions),
    entry: isSelf ? [] : entryArguments(options.runtime, childEntry(message.self.mainModule)),
    args: [CHILD_FLAG, JSON.stringify(seed)],
    env: options.env,
    cwd: options.cwd,
    stdout: options.stdout,
    stderr: options.stderr,
  });
}

/** In a bundle a thread starts with a text that imports it; in a compiled program with the text of the program itself. */
function threadEntry({ self }: BootMessage): ChildEntry {
  const { program } = runtime;
  if (!program.isCompiled) return childEntry(self.mainModule, awaitThreadMessage);
  const own = program.compiledThread();
  checkFreezable();
  return own;
}

/** A compiled program that does not expect to be its own child would do its work again, and again. */
function checkFreezable(): void {
  if (isFreezable()) return;
  throw new ProcessError(
    "A program that is compiled to one executable starts itself again for each child: " +
      "put `await freezeSupport()` first in its main module",
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
