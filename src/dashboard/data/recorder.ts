/**
 * What happens in this process, from the moment on from which it is watched: the lines of the pools, the maps, the latest errors.
 *
 * Once a second it takes note of how the pools are; how things stand in between is looked up when a page asks. All of it is
 * bounded, however long the program runs.
 *
 * @module
 */

import { type Timer, unrefTimer } from "../../event_loop/timers.ts";
import { livePools, type WatchedPool } from "../../pool/live_pools.ts";
import type {
  JobEndEvent,
  JobEvent,
  TaskEndEvent,
  TaskRetryEvent,
} from "../../pool/schedule/diagnostics.ts";
import { ErrorLog } from "./error_log.ts";
import { MapTable } from "./map_table.ts";
import { PoolRecord, SECONDS } from "./pool_record.ts";
import type { LineView } from "./views.ts";

/** How often (ms) the pools are looked at. */
const SECOND = 1_000;
/** How many pools are remembered; of more, those that ended first are forgotten. */
const MOST_POOLS = 64;

type Listener = (message: unknown) => void;

/** The part of `node:diagnostics_channel` that is used. */
interface DiagnosticsModule {
  channel(name: string): DiagnosticsChannel;
}

interface DiagnosticsChannel {
  subscribe(listener: Listener): void;
  unsubscribe(listener: Listener): unknown;
}

/** Channels that were listened to: Bun collects one that nobody holds, with those who listen, and takes another one for it then. */
const held = new Map<string, DiagnosticsChannel>();

/** Takes note of what happens. */
export class Recorder {
  readonly errors: ErrorLog = new ErrorLog();
  readonly maps: MapTable = new MapTable();
  /** The number of the second that was noted last. */
  second = 0;
  readonly #records = new Map<number, PoolRecord>();
  /** Pools up to this one, in the order in which they were made, are known or forgotten. */
  #latest = 0;
  readonly #timer: Timer;
  readonly #stopListening: () => void;

  /** @param diagnostics The module by which pools tell. */
  constructor(diagnostics: DiagnosticsModule) {
    this.#discover(false);
    this.#timer = unrefTimer(setInterval(() => this.#mark(), SECOND));
    this.#stopListening = listen(diagnostics, {
      "job:start": (event) => this.maps.started(event as JobEvent, performance.now()),
      "job:end": (event) => this.maps.over(event as JobEndEvent, performance.now()),
      "task:end": (event) => this.#ended(event as TaskEndEvent),
      "task:retry": (event) => this.#retried(event as TaskRetryEvent),
    });
  }

  /** The pools, the latest one first. */
  get pools(): PoolRecord[] {
    this.#discover(true);
    return [...this.#records.values()].reverse();
  }

  /** A pool that has not ended. */
  find(number: number): WatchedPool | null {
    for (const [, pool] of livePools) if (pool.number === number) return pool;
    return null;
  }

  /** What was noted behind a second. */
  linesSince(second: number): LineView[] {
    return [...this.#records.values()].flatMap(({ number, points }) => {
      const from = points.findIndex(([at]) => at > second);
      return from < 0 ? [] : [{ pool: number, points: points.slice(from) }];
    });
  }

  /** Takes note of nothing any more. */
  stop(): void {
    clearInterval(this.#timer);
    this.#stopListening();
  }

  #mark(): void {
    this.#discover(true);
    this.second++;
    for (const [number, record] of this.#records) {
      record.mark(this.second);
      const { endedAt } = record;
      if (endedAt !== null && this.second - endedAt > SECONDS) this.#records.delete(number);
    }
    this.maps.mark(performance.now());
  }

  #discover(isNew: boolean): void {
    for (const [order, pool] of livePools) {
      if (order <= this.#latest) continue;
      this.#latest = order;
      this.#records.set(pool.number, new PoolRecord(pool, isNew));
    }
    if (this.#records.size <= MOST_POOLS) return;
    const ended = [...this.#records.values()].filter(({ endedAt }) => endedAt !== null)
      .sort((a, b) => a.endedAt! - b.endedAt!);
    for (const { number } of ended.slice(0, this.#records.size - MOST_POOLS)) {
      this.#records.delete(number);
    }
  }

  #ended(event: TaskEndEvent): void {
    this.maps.ended(event);
    const { pool, fn, worker, outcome, error } = event;
    if (outcome === "done" || outcome === "cancelled") return;
    this.errors.add({ pool, fn, worker, outcome }, error ?? reasonOf(outcome), Date.now());
  }

  #retried({ pool, fn, worker, error }: TaskRetryEvent): void {
    this.errors.add({ pool, fn, worker, outcome: "retried" }, error, Date.now());
  }
}

function reasonOf(outcome: TaskEndEvent["outcome"]): string {
  return outcome === "timeout" ? "The time was over" : "Its error is not known";
}

/** Listens to events of pools. Returns what ends that. */
function listen(
  diagnostics: DiagnosticsModule,
  listeners: Readonly<Record<string, Listener>>,
): () => void {
  const ends = Object.entries(listeners).map(([name, listener]) => {
    const channel = held.get(name) ?? diagnostics.channel(`allcores:pool:${name}`);
    held.set(name, channel);
    channel.subscribe(listener);
    return () => channel.unsubscribe(listener);
  });
  return () => ends.forEach((end) => end());
}
