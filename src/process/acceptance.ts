/**
 * Whether a child accepts its work: what it says of that itself, or that it ends, or does not load in time.
 *
 * @module
 */

import { ProcessError } from "../errors.ts";
import { type Failure, fromFailure } from "../messages/failure.ts";
import { readMessage } from "../messages/message.ts";
import { PartyState } from "../parties/party_state.ts";
import type { Program } from "../parties/program.ts";
import type { Poller } from "../parties/waker.ts";
import type { ChildHandle } from "../runtime/children.ts";
import type { RuntimeName } from "../runtime/types.ts";
import type { Block } from "../sync/block.ts";
import { executableOf, isOwnExecutable } from "./executables.ts";
import { describeExit, toExitCode } from "./exit_status.ts";

/** How long (ms) a child may take until it has loaded; what the user wants to run first may take any time. */
const BOOT_DEADLINE = 60_000;

/** A child that was just started. */
export interface Newborn {
  readonly program: Program;
  readonly party: number;
  /** What it was told, where it says why it refuses. */
  readonly boot: Block;
  readonly handle: ChildHandle;
  /** Its name and its runtime, for people. */
  readonly name: string;
  readonly runtime: RuntimeName;
}

/** What a child says of its work. The event loop is held until it has loaded: from then on it can be stopped in peace. */
export class Acceptance implements Poller {
  /** Resolves when the child has loaded, or has ended. */
  readonly joined: Promise<void>;
  /** Resolves to how long (ms) it prepared for its work; rejects with the reason when it refuses, or ends before. */
  readonly accepted: Promise<number>;
  waiting = true;
  holdsLoop = true;
  /** Whether it has said itself why it refuses. */
  hasRefused = false;
  readonly #child: Newborn;
  readonly #deadline: ReturnType<typeof setTimeout>;
  #seen: number = PartyState.starting;
  #join!: () => void;
  #accept!: (preparation: number) => void;
  #reject!: (reason: unknown) => void;

  /** @param child The child, whose end nobody has heard of yet. */
  constructor(child: Newborn) {
    this.#child = child;
    this.joined = new Promise((resolve) => this.#join = resolve);
    this.accepted = new Promise((resolve, reject) => {
      this.#accept = resolve;
      this.#reject = reject;
    });
    this.accepted.catch(() => {});
    // The executable that it was started by, whichever is set later.
    const doubt = doubtAbout(child.runtime);
    this.#deadline = setTimeout(() => this.#expire(), BOOT_DEADLINE);
    child.handle.exited.then((status) => {
      // It may have accepted its work, done it and ended before anybody looked.
      this.poll();
      const end = describeExit(toExitCode(status)) + doubt;
      this.#settleBefore(() => this.#reject(endedTooEarly(child, end)));
    });
    child.program.waker.add(this);
  }

  poll(): boolean {
    const { program, party, boot } = this.#child;
    const state = program.parties.state(party);
    if (state === this.#seen) return false;
    this.#seen = state;
    this.#hasLoaded();
    if (state === PartyState.running) this.#hasRead(() => this.#accept(boot.words[0] / 1000));
    if (state === PartyState.refused) this.#hasRead(() => this.#refuse());
    return true;
  }

  /** Looks whether the child has loaded, so that it may be stopped in any way. */
  hasJoined(): boolean {
    this.poll();
    return this.#seen !== PartyState.starting;
  }

  /** Looks whether the child has begun, refuses, or has ended, of which nothing need be heard. Returns whether it has. */
  look(): boolean {
    this.poll();
    return !this.waiting || !this.#child.program.isAlive(this.#child.party);
  }

  #hasLoaded(): void {
    clearTimeout(this.#deadline);
    this.holdsLoop = false;
    this.#join();
  }

  #refuse(): void {
    this.hasRefused = true;
    this.#reject(fromFailure(readMessage(this.#child.boot) as Failure));
  }

  #expire(): void {
    if (this.poll()) return;
    const { handle, name } = this.#child;
    handle.kill("SIGKILL");
    const limit = `${name} did not start within ${BOOT_DEADLINE} ms`;
    this.#settleBefore(() => this.#reject(new ProcessError(limit)));
  }

  /** Tells how it has turned out, once; the child has read what it was told. */
  #hasRead(tell: () => void): void {
    if (this.#settle(tell)) this.#child.boot.free();
  }

  /** The same where it may read yet: a thread that was told to end, and one that was given up, go on for a while. */
  #settleBefore(tell: () => void): void {
    if (!this.#settle(tell)) return;
    const { boot, handle } = this.#child;
    void handle.exited.then(({ abandoned }) => abandoned).then(() => boot.free());
  }

  #settle(tell: () => void): boolean {
    if (!this.waiting) return false;
    this.waiting = false;
    this.#child.program.waker.remove(this);
    this.#hasLoaded();
    tell();
    return true;
  }
}

function endedTooEarly({ handle, name }: Newborn, end: string): ProcessError {
  const who = handle.pid === null ? name : `${name} (pid ${handle.pid})`;
  return new ProcessError(`${who} ended before it started: ${end}`);
}

function doubtAbout(runtime: RuntimeName): string {
  if (isOwnExecutable(runtime)) return "";
  return `. Is ${executableOf(runtime)} an executable of ${runtime}?`;
}
