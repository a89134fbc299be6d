/**
 * Which worker should get the next task, and how much is enough for one.
 *
 * A worker gets one task ahead, so that it never idles, and more only while its tasks are so short that those that it has not
 * begun together take {@linkcode AHEAD_MS}. While none is there yet, each of those that load gets one task, which comes back when
 * another one is there before it (`balance.ts`). Another worker is woken only for work that takes longer than the waking: on short
 * tasks one worker that is awake is faster than two that are not.
 *
 * @module
 */

import type { Task } from "../jobs/task.ts";
import type { PoolWorker } from "./worker.ts";

/** How much work (ms) a worker may be given ahead. */
const AHEAD_MS = 0.2;
/** How much work (ms) is not worth waking another worker for. */
const WAKE_MS = 0.05;
/** How long (ms) it takes to give out a task and to take its answer, roughly. */
const HANDOUT_MS = 0.0005;
/** How many tasks a worker may be given ahead at most. */
const AHEAD_TASKS = 1024;

/**
 * The worker that should get the next task.
 *
 * @param workers The workers there are.
 * @param awake The worker that is the likeliest to be awake.
 * @returns The worker; `null` when all have enough.
 */
export function chooseWorker(
  workers: readonly PoolWorker[],
  awake: PoolWorker | null,
): PoolWorker | null {
  if (awake !== null && canTake(awake) && !isWorthHelp(awake)) return awake;
  let best: PoolWorker | null = null;
  for (let i = 0; i < workers.length; i++) {
    const worker = workers[i];
    if (!canTake(worker)) continue;
    if (best === null || isFreer(worker, best)) best = worker;
    if (best.lane.load === 0 && best.ready) return best;
  }
  return best === null || best.ready || !isSomebodyThere(workers) ? best : null;
}

function isFreer(worker: PoolWorker, other: PoolWorker): boolean {
  if (worker.ready !== other.ready) return worker.ready;
  return worker.lane.load < other.lane.load;
}

function isSomebodyThere(workers: readonly PoolWorker[]): boolean {
  for (const { ready, leaving } of workers) if (ready && !leaving) return true;
  return false;
}

/** Whether a worker may be given another task now. */
export function canTake(worker: PoolWorker): boolean {
  const { load, answered } = worker.lane;
  if (worker.leaving || worker.condemned > 0 || worker.lane.isFull) return false;
  if (answered + load >= worker.quota) return false;
  if (load > 0 && worker.heldUpAt === worker.lane.answered) return false;
  if (load < 2) return worker.ready || load < 1;
  return worker.ready && load < AHEAD_TASKS &&
    !worker.lane.isBusyFor(AHEAD_MS, worker.expectedMs);
}

/** How long (ms) a task probably takes; of an unknown function nothing is known but that few of them are enough. */
export function expectedTime(task: Task): number {
  const { callTime } = task.job.fn;
  return callTime === 0 ? AHEAD_MS / 2 : callTime * task.calls;
}

/** Whether a worker has enough to do that another one may be woken: not where tasks are done faster than they are given out. */
function isWorthHelp({ lane, expectedMs }: PoolWorker): boolean {
  return expectedMs >= lane.load * HANDOUT_MS && lane.isBusyFor(WAKE_MS, expectedMs);
}
