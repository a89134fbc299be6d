/**
 * One life of a process: the child that a `start()` gives, from its first step to its end.
 *
 * The creator does not wait until the child has begun its work. What prevents that is kept for who asks, and printed: by the child
 * where it refuses its work, else here.
 *
 * @module
 */

import { RemoteError } from "../errors.ts";
import type { Program } from "../parties/program.ts";
import { handles } from "../messages/handles.ts";
import { writeMessage } from "../messages/message.ts";
import type { Move } from "../messages/move.ts";
import { takeDeparted } from "../messages/moves.ts";
import type { BootMessage, ProcessWork } from "../identity/boot.ts";
import { runtime } from "../runtime/current.ts";
import type { Block, BlockRef } from "../sync/block.ts";
import { own } from "./children.ts";
import { heldStream } from "./held_stream.ts";
import { type Child, launch, type LaunchOptions, stopChild } from "./launch.ts";
import { Sentinel } from "./sentinel.ts";
import { describeUncaught, reportProblem } from "./uncaught.ts";

/** Writes a value that the child is to get: at once, as it is now. */
export type WriteValue = (value: unknown, root: string) => BlockRef;

/** How a child is started. */
export interface StartPlan {
  readonly program: Program;
  readonly daemon: boolean;
  readonly options: LaunchOptions;
  /** Says what the child is to do. */
  describe(write: WriteValue): Promise<ProcessWork>;
  /** Says who it is, in the moment in which it is started. */
  identify(): BootMessage["self"];
  /** Called when the child exists; it has not accepted its work yet. */
  onExists(): void;
  /** Called when it has ended. */
  onEnd(): void;
}

/** The life of a child. */
export class ChildLife {
  #child: Child | null = null;
  /** What it was told to end by, first. */
  #stoppedBy: string | null = null;
  #begun: Promise<void> = Promise.resolve();
  #ended: Promise<number | null> = Promise.resolve(null);
  #sentinel: Sentinel | null = null;
  #error: Error | null = null;
  #exitCode: number | null = null;
  #stdout: ReadableStream<Uint8Array> | null = null;
  #stderr: ReadableStream<Uint8Array> | null = null;

  /** The process id, which a thread shares with its process; `null` until the child exists. */
  get pid(): number | null {
    return this.#child === null ? null : this.#child.handle.pid ?? runtime.pid;
  }

  /** What tells the child from all others of the program; `null` until it exists. */
  get ident(): string | null {
    return this.#child === null ? null : String(this.#child.handle.pid ?? this.#child.party);
  }

  /** Becomes ready when it ends; `null` until it exists. */
  get sentinel(): Sentinel | null {
    return this.#sentinel;
  }

  /** Why it could not begin its work; `null` where it has begun, may yet, or was told to end before. */
  get error(): Error | null {
    return this.#error;
  }

  /** `null` until it has ended. */
  get exitCode(): number | null {
    return this.#exitCode;
  }

  /** What it writes, where that is piped. */
  get stdout(): ReadableStream<Uint8Array> | null {
    return this.#stdout;
  }

  /** What it writes to its standard error stream, where that is piped. */
  get stderr(): ReadableStream<Uint8Array> | null {
    return this.#stderr;
  }

  /** Resolves when the child has begun its work; rejects when it cannot, or was ended before. */
  begun(): Promise<void> {
    return this.#begun;
  }

  /** Resolves to the exit code, once the child exists; at once where there is none. */
  ended(): Promise<number | null> {
    return this.#ended;
  }

  /**
   * Starts the child.
   *
   * @param plan How.
   * @returns Resolves when it exists; rejects when it could not be started, and then all that was sent along is here again.
   */
  async start(plan: StartPlan): Promise<void> {
    const blocks: Block[] = [];
    const moves: Move[] = [];
    const unsettled: Promise<unknown>[] = [];
    const free = () => blocks.forEach((block) => block.free());
    try {
      const work = await plan.describe((value, root) => {
        const block = writeMessage(plan.program.memory, value, root);
        blocks.push(block);
        unsettled.push(...handles.unsettled);
        moves.push(...takeDeparted());
        return block.ref;
      });
      await Promise.all(unsettled);
      this.#launch(plan, work, moves);
    } catch (error) {
      for (const move of moves) move.undo();
      free();
      throw error;
    }
    // By then the child has read them, or never will: one that was given up may do so yet.
    const gone = async () => {
      await this.#child!.exited;
      await this.#child!.abandoned();
      free();
    };
    this.#begun.then(free, gone);
  }

  /** Ends the child; as soon as it exists, where it does not yet. */
  stop(signal: string): void {
    if (this.#exitCode !== null) return;
    this.#stoppedBy ??= signal;
    if (this.#child !== null) stopChild(this.#child, signal);
  }

  #launch(plan: StartPlan, work: ProcessWork, moves: readonly Move[]): void {
    const { program, daemon, options } = plan;
    const self = plan.identify();
    const child = launch(program, { self, work }, options, moves);
    this.#child = child;
    this.#begun = child.acceptance.accepted.then(
      () => {},
      (reason) => this.#failed(reason, self.name),
    );
    // A child that did not do its work has not ended well, whatever it says.
    this.#ended = this.#begun.then(() => child.exited, async () => await child.exited || 1);
    this.#sentinel = new Sentinel(this.#ended);
    const { stdout, stderr } = child.handle;
    this.#stdout = daemon ? heldStream(stdout) : stdout;
    this.#stderr = daemon ? heldStream(stderr) : stderr;
    own(child, daemon);
    plan.onExists();
    void this.#ended.then((exitCode) => {
      this.#exitCode = exitCode;
      plan.onEnd();
    });
    if (this.#stoppedBy !== null) stopChild(child, this.#stoppedBy);
  }

  /** Takes note of why the child could not begin its work. That it was told to end is no error. */
  #failed(reason: unknown, name: string): never {
    const error = asError(reason);
    const hasRefused = this.#child!.acceptance.hasRefused;
    if (hasRefused || this.#stoppedBy === null) {
      this.#error = error;
      if (!hasRefused) reportProblem(name, `${error.name}: ${error.message}`);
    }
    throw error;
  }
}

/** What a module throws while it is loaded may be anything. */
function asError(reason: unknown): Error {
  return reason instanceof Error
    ? reason
    : new RemoteError(describeUncaught(reason), { cause: reason });
}
