/**
 * One life of a process: the child that a `start()` gives, from its first step to its end.
 *
 * A child is never stopped before it has accepted its work, since some runtimes crash when a thread is stopped while it
 * loads: a signal that comes before is kept until then.
 *
 * @module
 */

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
import { type Child, launch, type LaunchOptions } from "./launch.ts";
import { Sentinel } from "./sentinel.ts";

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
  #accepted = false;
  #pendingSignal: string | null = null;
  #sentinel: Sentinel | null = null;
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

  /** Resolves to the exit code, once the child exists; at once where there is none. */
  async ended(): Promise<number | null> {
    return await this.#child?.exited ?? null;
  }

  /**
   * Starts the child.
   *
   * @param plan How.
   * @returns Resolves when it has accepted its work; rejects when it could not be started or refuses, and then all that was
   *   sent along is here again.
   */
  async start(plan: StartPlan): Promise<void> {
    const blocks: Block[] = [];
    const moves: Move[] = [];
    const unsettled: Promise<unknown>[] = [];
    try {
      const work = await plan.describe((value, root) => {
        const block = writeMessage(plan.program.memory, value, root);
        blocks.push(block);
        unsettled.push(...handles.unsettled);
        moves.push(...takeDeparted());
        return block.ref;
      });
      await Promise.all(unsettled);
      const child = this.#launch(plan, work, moves);
      await child.accepted;
      this.#accepted = true;
      if (this.#pendingSignal !== null) child.handle.kill(this.#pendingSignal);
    } catch (error) {
      for (const move of moves) move.undo();
      throw error;
    } finally {
      for (const block of blocks) block.free();
    }
  }

  /** Sends the child a signal: now, or when it has accepted its work. */
  signal(signal: string): void {
    if (!this.#accepted) this.#pendingSignal ??= signal;
    else if (this.#exitCode === null) this.#child!.handle.kill(signal);
  }

  #launch(plan: StartPlan, work: ProcessWork, moves: readonly Move[]): Child {
    const { program, daemon, options } = plan;
    const child = launch(program, { self: plan.identify(), work }, options, moves);
    this.#child = child;
    this.#sentinel = new Sentinel(child.exited);
    const { stdout, stderr } = child.handle;
    this.#stdout = daemon ? heldStream(stdout) : stdout;
    this.#stderr = daemon ? heldStream(stderr) : stderr;
    own(child.handle, daemon);
    plan.onExists();
    void child.exited.then((exitCode) => {
      this.#exitCode = exitCode;
      plan.onEnd();
    });
    return child;
  }
}
