/**
 * How far the tasks of a job are that run.
 *
 * @module
 */

import type { TaskProgress } from "../../progress/state.ts";
import type { Job } from "../jobs/task.ts";
import type { PoolWorker } from "../schedule/worker.ts";

/**
 * Looks at what the tasks of a job say of themselves.
 *
 * @param workers The workers of its pool.
 * @param job The job.
 * @returns Those that have said something, in the order of the workers.
 */
export function runningTasks(
  workers: readonly PoolWorker[],
  job: Job,
): readonly TaskProgress[] {
  const tasks: TaskProgress[] = [];
  for (const { lane, name } of workers) {
    const { said } = lane;
    if (said === null || said.task.job !== job) continue;
    const { task, item, done, total } = said;
    tasks.push(Object.freeze({
      task: task.id,
      fn: job.fn.name,
      worker: name,
      item: task.first + item,
      done,
      total: total !== null && done > total ? null : total,
    }));
  }
  return Object.freeze(tasks);
}
