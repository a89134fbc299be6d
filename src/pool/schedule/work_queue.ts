/**
 * What waits for a worker: higher priorities first, and first come, first served where they are equal.
 *
 * At each priority, tasks that came back from a worker stand before jobs: they had their turn already. A job stays at the head
 * until it has no tasks to give. What is over is passed over when its turn comes; before most entries are
 * of that kind they are removed all at once, so that nothing is kept for long that nobody waits for. Whoever wants to know is
 * told of each task that came back and is dropped.
 *
 * @module
 */

import { Deque } from "../../support/deque.ts";
import { copier, dropEncoded, type Encoded } from "../../messages/channel.ts";
import type { Job, Task } from "../jobs/task.ts";

/** With fewer entries than this that are over, it is not worth removing them. */
const FEW = 64;

class Level {
  readonly priority: number;
  readonly returned = new Deque<Task>();
  readonly jobs = new Deque<Job>();

  constructor(priority: number) {
    this.priority = priority;
  }

  get isEmpty(): boolean {
    return this.jobs.length === 0 && this.returned.length === 0;
  }
}

/** What waits for a worker. */
export class WorkQueue {
  /** The highest priority first; the ordinary one stays when it is empty. */
  #levels: Level[] = [new Level(0)];
  #length = 0;
  /** How many entries may be over. */
  #over = 0;
  readonly #dropped: (task: Task) => void;
  readonly #isWanted = (task: Task) => this.#wants(task);

  /** @param dropped Told of each task that came back and is not going to be given out. */
  constructor(dropped: (task: Task) => void = () => {}) {
    this.#dropped = dropped;
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** How many calls wait. */
  get calls(): number {
    let calls = 0;
    for (const { returned, jobs } of this.#levels) {
      for (const task of returned) if (!task.job.isOver) calls += task.calls;
      for (const job of jobs) calls += job.left;
    }
    return calls;
  }

  /** How many tasks wait, as far as it is known without looking at all of them. */
  get tasks(): number {
    const first = this.#first().jobs.first;
    return this.#length + (first === undefined ? 0 : Math.max(0, first.left - 1));
  }

  /** Adds a job. */
  push(job: Job): void {
    job.isQueued = true;
    this.#level(job.settings.priority).jobs.push(job);
    this.#length++;
  }

  /** Adds a task that came back, behind the others that did; if nobody waits for it any more, it is dropped. */
  pushBack(task: Task): void {
    if (!this.#wants(task)) return;
    this.#level(task.job.settings.priority).returned.push(task);
    this.#length++;
  }

  /** Adds a task that came back, before the others that did; if nobody waits for it any more, it is dropped. */
  putBack(task: Task): void {
    if (!this.#wants(task)) return;
    this.#level(task.job.settings.priority).returned.unshift(task);
    this.#length++;
  }

  /** The next task; `null` when nobody waits any more for what was next. */
  next(): Task | null {
    const level = this.#first();
    const returned = level.returned.shift();
    if (returned !== undefined) {
      this.#removed(level);
      return this.#wants(returned) ? returned : null;
    }
    const job = level.jobs.first!;
    const task = job.hasNext ? job.next() : null;
    if (!job.hasNext) {
      level.jobs.shift();
      job.isQueued = false;
      this.#removed(level);
    }
    return task;
  }

  /** Removes a job, wherever it is. */
  remove(job: Job): void {
    const level = this.#level(job.settings.priority);
    const before = level.jobs.length;
    level.jobs.remove(job);
    job.isQueued = false;
    this.#length -= before - level.jobs.length;
  }

  /** Takes note that entries are over; how many is a guess that may be too high. */
  noteOver(entries: number): void {
    this.#over += entries;
    if (this.#over >= FEW && this.#over * 2 >= this.#length) this.removeOver();
  }

  /** Removes all entries that are over. */
  removeOver(): void {
    this.#over = 0;
    this.#length = 0;
    for (const { returned, jobs } of this.#levels) {
      returned.retain(this.#isWanted);
      jobs.retain((job) => !job.isOver);
      this.#length += returned.length + jobs.length;
    }
  }

  /** Shows everything that waits: tasks that came back, and jobs. */
  look(eachTask: (task: Task) => void, eachJob: (job: Job) => void): void {
    for (const { returned, jobs } of this.#levels) {
      for (const task of returned) eachTask(task);
      for (const job of jobs) eachJob(job);
    }
  }

  /** Removes everything. */
  clear(each: (job: Job) => void): void {
    const levels = this.#levels;
    this.#levels = [new Level(0)];
    this.#length = 0;
    for (const { returned, jobs } of levels) {
      for (const task of returned) each(task.job);
      for (const job of jobs) each(job);
    }
  }

  #first(): Level {
    if (this.#levels.length === 1) return this.#levels[0];
    for (const level of this.#levels) if (!level.isEmpty) return level;
    return this.#levels[0];
  }

  #level(priority: number): Level {
    const levels = this.#levels;
    if (levels.length === 1 && priority === 0) return levels[0];
    let at = 0;
    while (at < levels.length && levels[at].priority > priority) at++;
    if (levels[at]?.priority !== priority) levels.splice(at, 0, new Level(priority));
    return levels[at];
  }

  #removed(level: Level): void {
    this.#length--;
    if (level.priority === 0 || !level.isEmpty) return;
    this.#levels.splice(this.#levels.indexOf(level), 1);
  }

  /** Whether somebody waits for a task that came back; otherwise what its arguments have taken away is given up. */
  #wants(task: Task): boolean {
    if (!task.job.isOver) return true;
    if (task.writer === copier && task.payload !== null) dropEncoded(task.payload as Encoded);
    this.#dropped(task);
    return false;
  }
}
