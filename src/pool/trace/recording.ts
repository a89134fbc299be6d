/**
 * A trace while it is recorded. Loaded when the first one is started.
 *
 * @module
 */

import type {
  Ending,
  NotedFailure,
  NotedTask,
  Recorder,
  WorkerNote,
} from "../schedule/recorders.ts";
import {
  type AllRecords,
  type AttemptRecord,
  type RecordedFailure,
  type RecordedWorker,
  Records,
} from "./records.ts";
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
  /** The workers that live, by the pool and the name. */
  readonly #workers = new Map<number, Map<string, RecordedWorker>>();
  /** Whom the last record was of: as a rule the next one is, too. */
  #latest: RecordedWorker | null = null;
  #latestPool = 0;

  /**
   * Begins it.
   *
   * @param subject What is recorded.
   */
  constructor(subject: Subject) {
    this.#subject = subject;
    this.#records = new Records(subject.maxEvents);
    for (const { number, insights } of subject.pools()) {
      for (const { name, pid } of insights.workers) this.#know(number, name, pid);
    }
    this.#sampler = new Sampler(subject.pools, (sample) => this.#records.addSample(sample));
  }

  attempt(
    at: number,
    pool: number,
    task: NotedTask,
    ending: Ending,
    hasRun: boolean,
    runMs: number,
    failure: NotedFailure | null,
  ): void {
    if (!this.#wants(pool)) return;
    const worker = task.worker === null ? null : this.#workerOf(pool, task.worker);
    const kept = failure === null ? null : inShort(failure);
    this.#records.addAttempt(at, pool, task, ending, hasRun, runMs, worker, kept);
  }

  worker(note: WorkerNote): void {
    const { what, pool, worker, pid } = note;
    if (!this.#wants(pool)) return;
    if (what === "end") {
      this.#forget(pool, worker);
      this.#sampler.ended(note);
    } else this.#know(pool, worker, pid);
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

  #workerOf(pool: number, name: string): RecordedWorker | null {
    if (this.#latestPool === pool && this.#latest?.name === name) return this.#latest;
    const worker = this.#workers.get(pool)?.get(name) ?? null;
    this.#latest = worker;
    this.#latestPool = pool;
    return worker;
  }

  #know(pool: number, name: string, pid: number): void {
    const known = this.#workers.get(pool) ?? new Map<string, RecordedWorker>();
    if (!known.has(name)) known.set(name, { name, pid });
    this.#workers.set(pool, known);
  }

  #forget(pool: number, name: string): void {
    const known = this.#workers.get(pool);
    known?.delete(name);
    if (known?.size === 0) this.#workers.delete(pool);
    if (this.#latest?.name === name) this.#latest = null;
  }
}

/** What the workers of a pool are at, as attempts that last until now. */
function unfinishedOf({ number, running }: TracedPool, now: number): AttemptRecord[] {
  return running.map(({ worker, pid, ageMs, ...task }) => ({
    ...task,
    ending: "unfinished",
    at: now,
    pool: number,
    worker: { name: worker, pid },
    hasRun: true,
    runMs: ageMs,
    delayMs: 0,
    error: null,
  }));
}

/** A failure with a short text of its error: what is kept must not keep what that holds. */
function inShort({ error, delayMs }: NotedFailure): RecordedFailure {
  if (error === null) return { error, delayMs };
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { error: text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text, delayMs };
}
