/**
 * Makes the document of a trace of what was recorded.
 *
 * @module
 */

import { processName } from "../../identity/self.ts";
import { runtime } from "../../runtime/current.ts";
import { CallEvents } from "./call_events.ts";
import { Clock } from "./clock.ts";
import type { Recorded } from "./recording.ts";
import type { TraceDocument, TraceEvent } from "./trace_event.ts";
import { Tracks } from "./tracks.ts";
import { type Places, workerEvents } from "./worker_events.ts";
import { historiesOf } from "./worker_history.ts";

/** When a trace was started. */
export interface TraceStart {
  /** By `performance.now()` (ms). */
  readonly at: number;
  /** By the calendar. */
  readonly date: Date;
}

/**
 * Makes the document.
 *
 * @param recorded What was recorded.
 * @param start When that was begun.
 * @returns The document.
 */
export function documentOf(recorded: Recorded, start: TraceStart): TraceDocument {
  const clock = new Clock(start.at);
  const tracks = new Tracks(runtime.pid, processName());
  for (const pool of poolsOf(recorded)) tracks.callsOf(pool);
  const places: Places = new Map();
  const events = historiesOf(recorded, clock).flatMap((history) =>
    workerEvents(history, tracks.openWorker(history), clock, places)
  );
  for (const event of new CallEvents(recorded, clock, tracks, places).draw()) events.push(event);
  events.sort(inTime);
  const { end, maxEvents, dropped } = recorded;
  return {
    traceEvents: [...tracks.events, ...events],
    displayTimeUnit: "ms",
    metadata: {
      startedAt: start.date.toISOString(),
      durationMs: end - start.at,
      runtime: runtime.name,
      maxEvents,
      dropped,
    },
  };
}

function poolsOf({ attempts, workers, samples }: Recorded): number[] {
  const pools = new Set<number>();
  for (const list of [attempts, workers, samples]) for (const { pool } of list) pools.add(pool);
  return [...pools].sort((a, b) => a - b);
}

/** What contains something comes before it, and an arrow behind what it begins or ends at. */
function inTime(a: TraceEvent, b: TraceEvent): number {
  if (a.ts !== b.ts) return a.ts - b.ts;
  if (a.ph === "X" && b.ph === "X") return b.dur! - a.dur!;
  return Number(b.ph === "X") - Number(a.ph === "X");
}
