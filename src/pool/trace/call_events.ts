/**
 * What is drawn for the calls of pools: the moments in which they were made, arrows from there to their tasks, how long they
 * waited, and how long maps took.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import type { AttemptRecord, Sample } from "./records.ts";
import type { Recorded } from "./recording.ts";
import type { TraceEvent } from "./trace_event.ts";
import type { Track, Tracks } from "./tracks.ts";
import { type Place, type Places, slice } from "./worker_events.ts";

/** How long (µs) the moment is drawn in which calls were made. */
const MOMENT = 1;

/** Calls of a pool that were made in one moment: the clock is looked at once for all of them. */
interface CallingMoment {
  readonly pool: number;
  readonly at: number;
  /** The names of their functions. */
  readonly names: Set<string>;
  calls: number;
}

/** All attempts at a task, in their order. */
type Attempts = AttemptRecord[];

/** A map. */
interface DrawnMap {
  readonly pool: number;
  readonly fn: string;
  readonly begin: number;
  end: number;
  calls: number;
  tasks: number;
  isUnfinished: boolean;
}

/** Draws the calls of pools. */
export class CallEvents {
  readonly #recorded: Recorded;
  readonly #clock: Clock;
  readonly #tracks: Tracks;
  readonly #places: Places;
  readonly #events: TraceEvent[] = [];
  #arrows = 0;

  /**
   * @param recorded What was recorded.
   * @param clock The times of the trace.
   * @param tracks Where it is drawn.
   * @param places Where the attempts at tasks are drawn.
   */
  constructor(recorded: Recorded, clock: Clock, tracks: Tracks, places: Places) {
    this.#recorded = recorded;
    this.#clock = clock;
    this.#tracks = tracks;
    this.#places = places;
  }

  /** Draws all. */
  draw(): TraceEvent[] {
    const tasks = tasksOf(this.#recorded.attempts);
    this.#drawMoments(tasks);
    for (const attempts of tasks) {
      this.#drawArrows(attempts);
      if (attempts[0].isCall) this.#drawWaits(attempts);
    }
    this.#drawMaps();
    for (const sample of this.#recorded.samples) this.#drawSample(sample);
    return this.#events;
  }

  #drawMoments(tasks: readonly Attempts[]): void {
    const moments = new Map<string, CallingMoment>();
    for (const [{ pool, since, fn, calls }] of tasks) {
      const at = this.#clock.at(since);
      const key = `${pool} ${at}`;
      const moment = moments.get(key) ?? { pool, at, names: new Set(), calls: 0 };
      moments.set(key, moment);
      moment.names.add(fn);
      moment.calls += calls;
    }
    for (const { pool, at, names, calls } of moments.values()) {
      const name = names.size === 1 ? [...names][0] : "calls";
      const span = { begin: at, end: at + MOMENT };
      this.#events.push(slice(name, "calls", this.#tracks.callsOf(pool), span, { calls }));
    }
  }

  /** From the moment of a call to its task, over the attempts that failed. */
  #drawArrows(attempts: Attempts): void {
    const [{ pool, since, fn }] = attempts;
    const at = this.#clock.at(since);
    const places = attempts.map((attempt) => this.#places.get(attempt))
      .filter((place): place is Place => place !== undefined && place.span.begin >= at);
    if (places.length === 0) return;
    const id = ++this.#arrows;
    const point = { name: fn, cat: "call", id };
    this.#events.push({ ...point, ph: "s", ts: at, ...this.#tracks.callsOf(pool) });
    places.forEach(({ track, span }, i) => {
      const ts = span.begin;
      const isLast = i === places.length - 1;
      const end = isLast ? { ph: "f", bp: "e" } as const : { ph: "t" } as const;
      this.#events.push({ ...point, ...end, ts, ...track });
    });
  }

  /** How long a call waited for a worker, at first and before each further attempt. */
  #drawWaits(attempts: Attempts): void {
    const [{ pool, job, fn }] = attempts;
    const track = this.#tracks.callsOf(pool);
    let from = this.#clock.at(attempts[0].since);
    for (const attempt of attempts) {
      const { at, hasRun, ending } = attempt;
      const place = this.#places.get(attempt);
      const known = this.#clock.at(at);
      // One that ran where it cannot be drawn waited for some time.
      const to = place?.span.begin ?? known;
      const args = hasRun ? {} : { outcome: ending };
      if (to > from && (place !== undefined || !hasRun)) {
        const id = `${pool}.${job}.${attempt.attempt}`;
        this.#drawAsync("waiting", fn, id, track, from, to, args);
      }
      from = known;
    }
  }

  #drawMaps(): void {
    for (const [id, { pool, fn, begin, end, calls, tasks, isUnfinished }] of this.#maps()) {
      const args = isUnfinished ? { calls, tasks, outcome: "unfinished" } : { calls, tasks };
      this.#drawAsync("map", fn, id, this.#tracks.callsOf(pool), begin, end, args);
    }
  }

  #maps(): Map<string, DrawnMap> {
    const maps = new Map<string, DrawnMap>();
    for (const { isCall, pool, job, fn, since, at, calls, ending } of this.#recorded.attempts) {
      if (isCall) continue;
      const id = `${pool}.${job}`;
      const map = maps.get(id) ??
        { pool, fn, begin: this.#clock.at(since), end: 0, calls: 0, tasks: 0, isUnfinished: false };
      maps.set(id, map);
      map.end = Math.max(map.end, map.begin, this.#clock.at(at));
      map.isUnfinished ||= ending === "unfinished";
      if (ending === "retried") continue;
      map.calls += calls;
      map.tasks++;
    }
    return maps;
  }

  #drawSample({ at, pool, running, queued, sent, received }: Sample): void {
    const ts = this.#clock.at(at);
    const { pid, tid } = this.#tracks.callsOf(pool);
    const of = { cat: "counters", ph: "C", ts, pid, tid } as const;
    this.#events.push(
      { ...of, name: `Pool ${pool}: calls`, args: { running, queued } },
      { ...of, name: `Pool ${pool}: bytes`, args: { sent, received } },
    );
  }

  #drawAsync(
    cat: string,
    name: string,
    id: string,
    { pid, tid }: Track,
    from: number,
    to: number,
    args: Record<string, unknown>,
  ): void {
    const of = { name, cat, pid, tid, id };
    this.#events.push({ ...of, ph: "b", ts: from, args });
    this.#events.push({ ...of, ph: "e", ts: to });
  }
}

/** The attempts, task by task. Calls that no worker had are each a task of their own. */
function tasksOf(attempts: readonly AttemptRecord[]): Attempts[] {
  const tasks = new Map<string, Attempts>();
  attempts.forEach((attempt, i) => {
    const { pool, task } = attempt;
    const key = task === 0 ? `${i}` : `${pool} ${task}`;
    const known = tasks.get(key);
    if (known === undefined) tasks.set(key, [attempt]);
    else known.push(attempt);
  });
  return [...tasks.values()];
}
