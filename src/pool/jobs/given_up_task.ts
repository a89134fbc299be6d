/**
 * What stands for a task that was given up while it ran, until its worker answers or ends.
 *
 * @module
 */

import { encoder } from "../../messages/message.ts";
import type { MessageEncoder } from "../../messages/channel.ts";
import type { Deadline } from "./deadlines.ts";
import type { PoolFunction } from "./function_table.ts";
import { type Job, type JobSettings, ORDINARY, type Task } from "./task.ts";

/** A task that nobody waits for. */
export class GivenUpTask implements Task, Job {
  readonly fn: PoolFunction;
  readonly settings: JobSettings = ORDINARY;
  readonly kind: number;
  readonly payload: null = null;
  readonly writer: MessageEncoder = encoder;
  readonly spare: null = null;
  readonly id: number;
  readonly worker: null = null;
  readonly attempt: number;
  /** It counts as none. */
  readonly calls = 0;
  readonly first = 0;
  readonly since: number;
  number: number;
  readonly carrier: null = null;
  readonly isQueued = false;
  readonly hasNext = false;
  readonly left = 0;
  readonly isOver = true;
  /** When its worker is ended, if it does not stop before. */
  deadline: Deadline | null = null;

  /** @param task The task that it stands for. */
  constructor(task: Task) {
    this.fn = task.job.fn;
    this.number = task.job.number;
    this.kind = task.kind;
    this.id = task.id;
    this.attempt = task.attempt;
    this.since = task.since;
  }

  get job(): Job {
    return this;
  }

  keep(): void {}

  next(): Task {
    return this;
  }

  succeed(): void {}

  fail(): void {}

  abort(): void {}
}
