/**
 * What each worker did, in the order in which it did so.
 *
 * @module
 */

import { type Clock, microseconds } from "./clock.ts";
import type { Run } from "./lay_out.ts";
import type { AttemptRecord, WorkerRecord } from "./records.ts";
import type { Recorded } from "./recording.ts";

/** Something that a worker did. */
export type Deed =
  & { readonly run: Run }
  & (
    | { readonly kind: "start"; readonly ready: WorkerRecord | null }
    | { readonly kind: "attempt"; readonly attempt: AttemptRecord }
  );

/** The life of a worker, as far as it was recorded. */
export interface WorkerHistory {
  readonly pool: number;
  readonly name: string;
  readonly pid: number;
  readonly deeds: Deed[];
  /** `null` where it had not ended. */
  readonly end: WorkerRecord | null;
}

/** What is known of a worker's start and end. */
interface Life {
  start?: WorkerRecord;
  ready?: WorkerRecord;
  end?: WorkerRecord;
}

/**
 * Puts together what each worker did.
 *
 * @param recorded What was recorded.
 * @param clock The times of the trace.
 * @returns The workers: those of the first pool first, each pool's in the order in which they are heard of.
 */
export function historiesOf(recorded: Recorded, clock: Clock): WorkerHistory[] {
  const lives = livesOf(recorded.workers);
  const histories = new Map<string, WorkerHistory>();
  const of = (pool: number, name: string, pid: number): WorkerHistory => {
    const key = `${pool} ${name}`;
    const known = histories.get(key);
    if (known !== undefined) return known;
    const life = lives.get(key) ?? {};
    const deeds = startsOf(life, recorded.end, clock);
    const history = { pool, name, pid, deeds, end: life.end ?? null };
    histories.set(key, history);
    return history;
  };
  for (const { pool, worker, pid } of recorded.workers) of(pool, worker, pid);
  for (const attempt of recorded.attempts) {
    const { pool, worker, hasRun, at, since, runMs } = attempt;
    if (worker === null || !hasRun) continue;
    const length = runMs === null ? null : microseconds(runMs);
    const run = { at: clock.at(at), length, since: clock.at(since) };
    of(pool, worker.name, worker.pid).deeds.push({ kind: "attempt", attempt, run });
  }
  return [...histories.values()].sort((a, b) => a.pool - b.pool);
}

function livesOf(notes: readonly WorkerRecord[]): Map<string, Life> {
  const lives = new Map<string, Life>();
  for (const note of notes) {
    const key = `${note.pool} ${note.worker}`;
    const life = lives.get(key) ?? {};
    life[note.what] = note;
    lives.set(key, life);
  }
  return lives;
}

/** The start of a worker, where something is known of it. */
function startsOf({ start, ready, end }: Life, last: number, clock: Clock): Deed[] {
  const from = ready === undefined ? start?.at : ready.at - ready.startMs - ready.initMs;
  if (from === undefined) return [];
  const at = clock.at((ready ?? end)?.at ?? last);
  return [{
    kind: "start",
    ready: ready ?? null,
    run: { at, length: null, since: clock.at(from) },
  }];
}
