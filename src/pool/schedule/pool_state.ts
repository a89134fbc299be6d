/**
 * Whether a pool takes jobs, and what becomes of those that it has.
 *
 * Running; closing: no new jobs, what there is is finished; ended: terminated or broken, whatever is left is rejected. A
 * pool goes only forward, and may go from running to ended at once.
 *
 * @module
 */

import { BrokenPoolError, PoolClosedError } from "../../errors.ts";
import type { CallEnd } from "./diagnostics.ts";

/** The state of one pool. */
export class PoolState {
  #stage: "running" | "closing" | "ended" = "running";
  #reason: Error | null = null;
  /** Told when nothing is left to finish, and when it is ended. */
  readonly #onFinished: (() => void)[] = [];

  /** Whether it takes jobs. */
  get isRunning(): boolean {
    return this.#stage === "running";
  }

  /** Whether it finishes what there is, and takes nothing new. */
  get isClosing(): boolean {
    return this.#stage === "closing";
  }

  /** Whether it is terminated or broken. */
  get isOver(): boolean {
    return this.#stage === "ended";
  }

  /** Why it is terminated or broken; `null` before. */
  get reason(): Error | null {
    return this.#reason;
  }

  /** Why new jobs are refused; `null` while they are not. */
  get refusal(): string | null {
    if (this.isRunning) return null;
    if (this.#reason instanceof BrokenPoolError) return this.#reason.message;
    return this.isClosing ? "the pool is closed" : "the pool is terminated";
  }

  /** What becomes of tasks that end with their worker. */
  get outcomeOfLost(): CallEnd {
    if (!this.isOver) return "lost";
    return this.#reason instanceof PoolClosedError ? "cancelled" : "failed";
  }

  /** Takes no new jobs from now on. */
  close(): void {
    this.#stage = "closing";
  }

  /** Rejects from now on what is left. */
  end(reason: Error): void {
    this.#stage = "ended";
    this.#reason = reason;
    this.tellFinished();
  }

  /** Resolves when nothing is left to finish, or when it is ended. */
  finished(): Promise<void> {
    return new Promise((resolve) => this.#onFinished.push(resolve));
  }

  /** Says that nothing is left to finish for now. */
  tellFinished(): void {
    for (const tell of this.#onFinished.splice(0)) tell();
  }
}
