/**
 * A trace while it is recorded. Loaded when the first one is started.
 *
 * @module
 */

import type { AttemptNote, Recorder, WorkerNote } from "../schedule/recorders.ts";
import { type AllRecords, type AttemptRecord, Records } from "./records.ts";
import { Sampler, type TracedPool } from "./sampler.ts";

/** How many characters of an error are kept. */
const MOST_TEXT = 200;

/** What is recorded. */
export interface Subject {
  /** The pools there are that are recorded. */
  pools(): Iterable<TracedPool>;
  /** The number of the one pool that is recorded; `null`: all. */
  readonly pool: number | null;
  /** How many records are kept. */
  readonly maxEvents: number;
}

/** Everything that was recorded. */
export interface Recorded extends AllRecords {
  /** When it ended (ms). */
  readonly end: number;
  readonly maxEvents: number;
  readonly dropped: number;
}

/** Takes note, as long as it is asked to. */
export class Recording implements Recorder {
  readonly #subject: Subject;
  readonly #records: Records;
  readonly #sampler: Sampler;
  /** The process ids of the workers that live, by the pool and the name. */
  readonly #pids = new Map<number, Map<string, number>>();

  /**
   * Begins it.
   *
   * @param subject What is recorded.
   */
  constructor(subject: Subject) {
    this.#subject = subject;
    this.#records = new Records(subject.maxEvents);
    for (const { number, insights } of subject.pools()) {
      for (const { name, pid } of insights.workers) this.#pidsOf(number).set(name, pid);
    }
    this.#sampler = new Sampler(subject.pools, (sample) => this.#records.addSample(sample));
  }

  attempt(note: AttemptNote): void {
    const { pool, worker, error } = note;
    if (!this.#wants(pool)) return;
    const pid = worker === null ? 0 : this.#pids.get(pool)?.get(worker) ?? 0;
    this.#records.addAttempt(note, pid, error === null ? null : inShort(error));
  }

  worker(note: WorkerNote): void {
    const { what, pool, worker, pid } = note;
    if (!this.#wants(pool)) return;
    if (what === "end") this.#forget(pool, worker);
    else this.#pidsOf(pool).set(worker, pid);
    this.#records.addWorker(note);
  }

  /** Ends it. */
  end(): Recorded {
    this.#sampler.stop();
    const end = performance.now();
    const unfinished = [...this.#subject.pools()].flatMap((pool) => unfinishedOf(pool, end));
    const { dropped } = this.#records;
    const { attempts, ...others } = this.#records.read();
    const { maxEvents } = this.#subject;
    return { attempts: [...attempts, ...unfinished], ...others, end, maxEvents, dropped };
  }

  #wants(pool: number): boolean {
    return this.#subject.pool === null || this.#subject.pool === pool;
  }

  #pidsOf(pool: number): Map<string, number> {
    const known = this.#pids.get(pool);
    if (known !== undefined) return known;
    const pids = new Map<string, number>();
    this.#pids.set(pool, pids);
    return pids;
  }

  #forget(pool: number, worker: string): void {
    const pids = this.#pids.get(pool);
    pids?.delete(worker);
    if (pids?.size === 0) this.#pids.delete(pool);
  }
}

/** What the workers of a pool are at, as attempts that last until now. */
function unfinishedOf({ number, running }: TracedPool, now: number): AttemptRecord[] {
  return running.map(({ ageMs, ...task }) => ({
    ...task,
    ending: "unfinished",
    at: now,
    pool: number,
    hasRun: true,
    waitMs: null,
    runMs: ageMs,
    delayMs: 0,
    error: null,
  }));
}

/** An error as a short text: what is kept must not keep what it holds. */
function inShort(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}
