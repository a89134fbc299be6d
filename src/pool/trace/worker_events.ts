/**
 * What is drawn on the tracks of workers: their starts, the tasks that they ran, what was run again, their ends.
 *
 * @module
 */

import { describeExit } from "../../process/exit_status.ts";
import { type Clock, microseconds } from "./clock.ts";
import { layOut, type Span } from "./lay_out.ts";
import type { AttemptRecord, WorkerRecord } from "./records.ts";
import type { TraceEvent } from "./trace_event.ts";
import type { Track } from "./tracks.ts";
import type { WorkerHistory } from "./worker_history.ts";

/** Where an attempt at a task is drawn. */
export interface Place {
  readonly track: Track;
  readonly span: Span;
}

/** The places of attempts. */
export type Places = Map<AttemptRecord, Place>;

/**
 * Draws what a worker did.
 *
 * @param history What it did.
 * @param track Its track.
 * @param clock The times of the trace.
 * @param places Takes the places of the attempts.
 * @returns The events.
 */
export function workerEvents(
  history: WorkerHistory,
  track: Track,
  clock: Clock,
  places: Places,
): TraceEvent[] {
  const { deeds, end } = history;
  const events: TraceEvent[] = [];
  layOut(deeds.map(({ run }) => run)).forEach((span, i) => {
    const deed = deeds[i];
    if (deed.kind === "start") return events.push(...startEvents(deed.ready, track, span));
    places.set(deed.attempt, { track, span });
    events.push(...attemptEvents(deed.attempt, track, span));
  });
  if (end !== null) events.push(endEvent(end, track, clock));
  return events;
}

/** Something that took time on a track. */
export function slice(
  name: string,
  cat: string,
  { pid, tid }: Track,
  { begin, end }: Span,
  args: Record<string, unknown>,
): TraceEvent {
  return { name, cat, ph: "X", ts: begin, dur: end - begin, pid, tid, args };
}

/** The start of a worker; in it, where it came to its end, its two parts. */
function startEvents(ready: WorkerRecord | null, track: Track, span: Span): TraceEvent[] {
  if (ready === null) return [slice("start", "worker", track, span, { outcome: "not ready" })];
  const { startMs, initMs } = ready;
  const loaded = Math.max(span.begin, span.end - microseconds(initMs));
  return [
    slice("start", "worker", track, span, { startMs, initMs }),
    slice("load", "worker", track, { begin: span.begin, end: loaded }, {}),
    slice("initializer", "worker", track, { begin: loaded, end: span.end }, {}),
  ];
}

function attemptEvents(record: AttemptRecord, track: Track, span: Span): TraceEvent[] {
  const { fn, isCall, calls, first, job, task, attempt, runMs } = record;
  const { ending, error, delayMs } = record;
  const of = isCall ? { job, task } : { job, task, calls, first };
  const outcome = ending === "retried" ? "failed" : ending;
  const failure = error === null ? {} : { error };
  const args = { ...of, attempt, waitMs: waitOf(record), runMs, outcome, ...failure };
  const run = slice(fn, isCall ? "call" : "chunk", track, span, args);
  if (ending !== "retried") return [run];
  const again = { ...of, attempt, delayMs, ...failure };
  return [run, happening(`retry ${fn}`, "retry", track, span.end, again)];
}

/** How long (ms) a task had waited until it ran; `null` where that is not known, or it is no wait for a first attempt. */
function waitOf({ at, since, runMs, attempt }: AttemptRecord): number | null {
  return runMs === null || attempt > 1 ? null : Math.max(0, at - since - runMs);
}

function endEvent({ at, exitCode, tasks }: WorkerRecord, track: Track, clock: Clock): TraceEvent {
  const name = exitCode === 0 ? "end" : `end by ${describeExit(exitCode)}`;
  return happening(name, "worker", track, clock.at(at), { exitCode, tasks });
}

function happening(
  name: string,
  cat: string,
  { pid, tid }: Track,
  at: number,
  args: Record<string, unknown>,
): TraceEvent {
  return { name, cat, ph: "i", ts: at, pid, tid, s: "t", args };
}
