/**
 * How far the maps of all pools are.
 *
 * @module
 */

import type { JobEvent, OfJob, TaskEndEvent } from "../../pool/schedule/diagnostics.ts";
import type { MapView } from "./views.ts";

/** How many are followed; of more, those that have gone on for longest are forgotten. */
const MOST = 512;
/** How many are shown. */
const MOST_SHOWN = 30;
/** How long (ms) one is shown that is over. */
const AFTERGLOW = 30_000;
/** Over how many seconds the rate is taken. */
const SPAN = 10;

interface Running {
  readonly pool: number;
  readonly job: number;
  readonly fn: string;
  readonly total: number | null;
  readonly since: number;
  done: number;
  failed: number;
  cancelled: number;
  /** How many had ended at each of the last seconds, the oldest first, and when that was (ms). */
  readonly marks: { readonly at: number; readonly ended: number }[];
  /** When it was over (ms); `null` before. */
  overAt: number | null;
}

/** The maps. */
export class MapTable {
  readonly #maps = new Map<string, Running>();

  /** A call or map was made. */
  started({ pool, job, fn, kind, total }: JobEvent, now: number): void {
    if (kind !== "map") return;
    const counts = { done: 0, failed: 0, cancelled: 0 };
    const marks = [{ at: now, ended: 0 }];
    const map = { pool, job, fn, total, since: now, ...counts, marks, overAt: null };
    this.#maps.set(keyOf(map), map);
    if (this.#maps.size > MOST) this.#maps.delete(this.#maps.keys().next().value!);
  }

  /** Calls have come to their end. */
  ended(event: TaskEndEvent): void {
    const map = this.#maps.get(keyOf(event));
    if (map === undefined) return;
    const { outcome, calls } = event;
    if (outcome === "done" || outcome === "cancelled") map[outcome] += calls;
    else map.failed += calls;
  }

  /** A map is over. */
  over(job: OfJob, now: number): void {
    const map = this.#maps.get(keyOf(job));
    if (map !== undefined) map.overAt = now;
  }

  /** A second has passed. */
  mark(now: number): void {
    for (const [key, map] of this.#maps) {
      if (map.overAt !== null) {
        if (now - map.overAt > AFTERGLOW) this.#maps.delete(key);
        continue;
      }
      map.marks.push({ at: now, ended: endedOf(map) });
      if (map.marks.length > SPAN) map.marks.shift();
    }
  }

  /** Those that run, then those that are over, the latest first; and how many are left out. */
  view(now: number): { maps: MapView[]; more: number } {
    const latestFirst = [...this.#maps.values()].reverse();
    const running = latestFirst.filter(({ overAt }) => overAt === null);
    const over = latestFirst.filter(({ overAt }) => overAt !== null);
    const shown = [...running, ...over].slice(0, MOST_SHOWN);
    return {
      maps: shown.map((map) => viewOf(map, now)),
      more: latestFirst.length - shown.length,
    };
  }
}

function keyOf({ pool, job }: Pick<OfJob, "pool" | "job">): string {
  return `${pool} ${job}`;
}

function endedOf({ done, failed, cancelled }: Running): number {
  return done + failed + cancelled;
}

function viewOf(map: Running, now: number): MapView {
  const { pool, job, fn, total, done, failed, cancelled, since, overAt } = map;
  const until = overAt ?? now;
  const ended = endedOf(map);
  const from = overAt === null ? map.marks[0] : { at: since, ended: 0 };
  const rate = (ended - from.ended) / Math.max(1, until - from.at) * 1000;
  const isOver = overAt !== null;
  const left = total === null || isOver ? null : total - ended;
  const remainingMs = left === null || rate === 0 ? null : left / rate * 1000;
  const counts = { done, failed, cancelled };
  const times = { elapsedMs: until - since, rate, remainingMs };
  return { pool, job, fn, total, ...counts, ...times, isOver };
}
