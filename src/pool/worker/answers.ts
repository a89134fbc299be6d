/**
 * What a worker answers: results, failures, how long a task ran, and what the slowest ones were about.
 *
 * @module
 */

import { self } from "../../identity/self.ts";
import type { Sender } from "../../messages/channel.ts";
import { toFailure } from "../../messages/failure.ts";
import { encoder } from "../../messages/message.ts";
import type { Program } from "../../parties/program.ts";
import type { Poller } from "../../parties/waker.ts";
import { runtime } from "../../runtime/current.ts";
import { nap } from "../../support/stand_still.ts";
import { itemOf } from "../jobs/item_error.ts";
import { Answer, type SomeFailed, type TaskFailure } from "../protocol/records.ts";
import { Slowest } from "../schedule/slowest.ts";
import { argumentText } from "./argument_text.ts";
import type { EachOutcome } from "./each_item.ts";
import type { TaskWatch } from "./task_watch.ts";

/** The longest run time (µs) that an answer can tell. */
const LONGEST_RUN = 2 ** 31 - 1;
const NONE: readonly unknown[] = [];
/** How long (ms) a worker that ends itself waits until its last results have been read. */
const LINGER = 5_000;

/** Whoever takes tasks. */
export interface TaskLoop {
  /** Takes no other task until `proceed` is called as often. */
  hold(): void;
  /** Takes other tasks again. */
  proceed(): void;
}

/** The answers of one worker. */
export class Answers {
  readonly #program: Program;
  readonly #sender: Sender;
  readonly #watch: TaskWatch;
  readonly #loop: TaskLoop;
  readonly #where: string;
  readonly #slowest = new Slowest<null>();
  /** When the task that is run now was begun (ms). */
  since = 0;
  /** Its arguments. */
  args: readonly unknown[] = NONE;

  /**
   * @param program The program.
   * @param sender What answers are sent by.
   * @param watch Told when a task has ended.
   * @param loop Held while there is no room for an answer.
   */
  constructor(program: Program, sender: Sender, watch: TaskWatch, loop: TaskLoop) {
    this.#program = program;
    this.#sender = sender;
    this.#watch = watch;
    this.#loop = loop;
    this.#where = `${self()!.name} (pid ${runtime.pid})`;
  }

  /** Blocks until the pool has read everything, or does not for a long time. */
  linger(): void {
    const end = performance.now() + LINGER;
    while (performance.now() < end && !this.#sender.isRead) nap(1);
  }

  /** Answers with the result of a call. */
  succeed(task: number, value: unknown): void {
    try {
      this.#send(Answer.value, task, value, "result");
    } catch (error) {
      this.fail(task, error, 0);
    }
  }

  /** Answers with the results of all items of a map. */
  succeedAll(task: number, results: unknown[]): void {
    try {
      this.#send(Answer.value, task, results, "result");
    } catch (error) {
      this.fail(task, error, itemOf(error, "result"));
    }
  }

  /** Answers with what came of each item; a result that cannot be sent is a failure of its item. */
  settleItems(task: number, { results, failed }: EachOutcome): void {
    const failures = failed.map(({ thrown, index }) => this.#failure(thrown, index));
    try {
      if (failures.length === 0) return this.#send(Answer.value, task, results, "result");
    } catch {
      // Which results it is that cannot be sent is looked for now.
    }
    results.forEach((result, index) => {
      try {
        encoder.measure(result, "result");
      } catch (error) {
        results[index] = undefined;
        failures.push(this.#failure(error, index));
      }
    });
    const answer: SomeFailed = { results, failures };
    this.#send(Answer.someFailed, task, answer, "result");
  }

  /**
   * Answers that a task failed.
   *
   * @param task The number of the task.
   * @param thrown What was thrown.
   * @param index Which item it was; 0 where it is one call.
   */
  fail(task: number, thrown: unknown, index: number): void {
    this.#send(Answer.failure, task, this.#failure(thrown, index), "error");
  }

  #failure(thrown: unknown, index: number): TaskFailure {
    return { ...toFailure(thrown, this.#where), index };
  }

  #send(kind: number, task: number, payload: unknown, root: string): void {
    this.#watch.end();
    const now = performance.now();
    const micros = Math.min(LONGEST_RUN, Math.round((now - this.since) * 1000));
    this.since = now;
    if (micros > this.#slowest.least) this.#tellArguments(task, micros);
    this.args = NONE;
    if (!this.#sender.send(kind, task, micros, payload, root)) {
      return this.#sendLater(kind, task, micros, payload, root);
    }
    this.#notify();
  }

  /** Tells what a slow task was about. Where there is no room for it, the answer comes without. */
  #tellArguments(task: number, micros: number): void {
    this.#slowest.add(micros, null);
    this.#sender.send(Answer.argumentText, task, 0, argumentText(this.args), "args");
  }

  /** The pool is slow to read: waits until there is room, and takes nothing new meanwhile. */
  #sendLater(kind: number, task: number, micros: number, payload: unknown, root: string): void {
    this.#loop.hold();
    const trySend = (): boolean => {
      if (!this.#sender.send(kind, task, micros, payload, root)) {
        this.#sender.ring.wantRoom();
        if (!this.#sender.send(kind, task, micros, payload, root)) return false;
      }
      this.#program.waker.remove(poller);
      this.#loop.proceed();
      this.#notify();
      return true;
    };
    const poller: Poller = { waiting: true, poll: trySend };
    this.#program.waker.add(poller);
  }

  #notify(): void {
    this.#program.waker.notify(this.#program.creator);
  }
}
