/**
 * The task that a worker runs: what it may ask of itself, and what the pool sees of it.
 *
 * @module
 */

import type { Program } from "../../parties/program.ts";
import type { Poller } from "../../parties/waker.ts";
import { createTask, type CurrentTask, provideTask, type TaskSource } from "./current_task.ts";
import type { TaskControl } from "../protocol/task_control.ts";

/** What a call took along. */
type Carrier = Readonly<Record<string, string>>;

/** What was sent for the carrier of a task. */
interface Sent {
  readonly id: number;
  readonly content: Carrier;
}

const EMPTY: Carrier = Object.freeze({});

/** The tasks of one worker, of which one runs at a time. */
export class TaskWatch {
  readonly #program: Program;
  readonly #control: TaskControl;
  readonly #isWatched: boolean;
  /** The slot of the task that runs; -1 between two. */
  #slot = -1;
  /** What was sent for the carrier of a task, and which one. */
  #carrier: Sent | null = null;
  /** What the task has asked for; `null` as long as it has not. */
  #asked: { readonly source: RunningTask; readonly task: CurrentTask } | null = null;

  /**
   * @param program The program.
   * @param control What the pool says of tasks.
   * @param isWatched Whether the pool looks at how long each item takes.
   */
  constructor(program: Program, control: TaskControl, isWatched: boolean) {
    this.#program = program;
    this.#control = control;
    this.#isWatched = isWatched;
    provideTask(() => this.#current());
  }

  /** The next task is to find something in its carrier, if it is the one that is meant. */
  carry(id: number, content: Carrier): void {
    this.#carrier = { id, content: Object.freeze(content) };
  }

  /** A task begins. */
  begin(slot: number): void {
    this.#slot = slot;
    if (this.#isWatched) this.#control.step();
  }

  /** Another item of the task than the first begins. */
  beginItem(position: number): void {
    this.#control.beginItem(this.#slot, position);
    if (this.#isWatched) this.#control.step();
  }

  /** What the task needs is imported, which does not count; then `loaded` is to be called. */
  load(): void {
    if (this.#isWatched) this.#control.rest();
  }

  /** What the task needs is there. */
  loaded(): void {
    if (this.#isWatched) this.#control.step();
  }

  /** The task has ended. Its slot may be another one's from now on. */
  end(): void {
    this.#slot = -1;
    if (this.#isWatched) this.#control.rest();
    if (this.#asked === null) return;
    this.#asked.source.end();
    this.#asked = null;
  }

  #current(): CurrentTask | null {
    if (this.#slot < 0) return null;
    if (this.#asked === null) {
      const source = new RunningTask(this.#program, this.#control, this.#slot, this.#carrier);
      this.#asked = { source, task: createTask(source) };
    }
    return this.#asked.task;
  }
}

/** A task that wants to know of itself. */
class RunningTask implements TaskSource, Poller {
  readonly id: number;
  readonly attempt: number;
  readonly #program: Program;
  readonly #control: TaskControl;
  readonly #slot: number;
  readonly carrier: Carrier;
  #isOver = false;
  #look: (() => boolean) | null = null;
  #hasSaid = false;

  constructor(program: Program, control: TaskControl, slot: number, sent: Sent | null) {
    this.#program = program;
    this.#control = control;
    this.#slot = slot;
    this.id = control.id(slot);
    this.attempt = control.attempt(slot);
    this.carrier = sent?.id === this.id ? sent.content : EMPTY;
  }

  get stopReason(): number {
    return this.#isOver ? 0 : this.#control.stopReason(this.#slot);
  }

  /** A task that waits for its signal stays alive for it. */
  get waiting(): boolean {
    return this.#look !== null;
  }

  watch(look: () => boolean): void {
    this.#look = look;
    this.#program.waker.add(this);
  }

  say(done: number, total: number | null): void {
    if (this.#isOver) return;
    this.#hasSaid = true;
    this.#control.say(this.#slot, done, total);
  }

  poll(): boolean {
    if (this.#look === null || !this.#look()) return false;
    this.#unwatch();
    return true;
  }

  end(): void {
    this.#isOver = true;
    if (this.#hasSaid) this.#control.unsay();
    this.#unwatch();
  }

  #unwatch(): void {
    if (this.#look === null) return;
    this.#look = null;
    this.#program.waker.remove(this);
  }
}
