/**
 * What is recorded for a trace: written as numbers and texts into a ring, read from there as objects.
 *
 * @module
 */

import type { AttemptNote, Ending, WorkerNote } from "../schedule/recorders.ts";
import { RecordRing } from "./record_ring.ts";

/** An attempt at a task, or calls that no worker had. */
export interface AttemptRecord extends Omit<AttemptNote, "ending" | "error"> {
  /** How it ended, if it did. */
  readonly ending: Ending | "unfinished";
  /** The worker's process; 0 where that is not known any more. */
  readonly pid: number;
  /** What it failed with, in short; `null` where it did not. */
  readonly error: string | null;
}

/** The counters of a pool. */
export interface Sample {
  /** When (ms). */
  readonly at: number;
  readonly pool: number;
  /** Workers that have a task. */
  readonly running: number;
  /** Calls that wait. */
  readonly queued: number;
  /** Bytes that were sent to workers, and came from them, since the trace was started. */
  readonly sent: number;
  readonly received: number;
}

/** All records, each kind in the order in which they were made. */
export interface AllRecords {
  readonly attempts: readonly AttemptRecord[];
  readonly workers: readonly WorkerNote[];
  readonly samples: readonly Sample[];
}

/** The kinds of records: how an attempt ended, what is about a worker, and samples. */
const ENDINGS: readonly Ending[] = ["done", "failed", "lost", "timeout", "cancelled", "retried"];
const WHATS: readonly WorkerNote["what"][] = ["start", "ready", "end"];
const FIRST_WHAT = 6;
const SAMPLE = 9;

const IS_CALL = 1;
const HAS_RUN = 2;

/** How many numbers a record has. */
const WIDTH = 14;
/** How many texts: the function or nothing, the worker, the error. */
const DEPTH = 3;

/** The records of a trace. */
export class Records {
  readonly #ring: RecordRing<string | null>;
  /** Where the texts are of the record that was begun last. */
  #texts = 0;

  /** @param most How many are kept. */
  constructor(most: number) {
    this.#ring = new RecordRing(most, WIDTH, DEPTH);
  }

  /** How many were overwritten. */
  get dropped(): number {
    return this.#ring.dropped;
  }

  /**
   * Adds one of an attempt.
   *
   * @param note What there is to say.
   * @param pid The worker's process; 0 where that is not known.
   * @param error What it failed with, in short.
   */
  addAttempt(note: AttemptNote, pid: number, error: string | null): void {
    const n = this.#add(ENDINGS.indexOf(note.ending), note.at, note.pool, pid);
    const { numbers } = this.#ring;
    numbers[n + 4] = note.job;
    numbers[n + 5] = note.task;
    numbers[n + 6] = note.calls;
    numbers[n + 7] = note.first;
    numbers[n + 8] = note.attempt;
    numbers[n + 9] = (note.isCall ? IS_CALL : 0) | (note.hasRun ? HAS_RUN : 0);
    numbers[n + 10] = note.since;
    numbers[n + 11] = note.waitMs ?? NaN;
    numbers[n + 12] = note.runMs ?? NaN;
    numbers[n + 13] = note.delayMs;
    this.#name(note.fn, note.worker, error);
  }

  /** Adds one of a worker. */
  addWorker(note: WorkerNote): void {
    const kind = FIRST_WHAT + WHATS.indexOf(note.what);
    const n = this.#add(kind, note.at, note.pool, note.pid);
    const { startMs, initMs, exitCode, tasks } = note;
    this.#ring.numbers.set([startMs, initMs, exitCode, tasks], n + 4);
    this.#name(null, note.worker, null);
  }

  /** Adds counters. */
  addSample({ at, pool, running, queued, sent, received }: Sample): void {
    const n = this.#add(SAMPLE, at, pool, 0);
    this.#ring.numbers.set([running, queued, sent, received], n + 4);
    this.#name(null, null, null);
  }

  /** Reads all of them. */
  read(): AllRecords {
    const attempts: AttemptRecord[] = [];
    const workers: WorkerNote[] = [];
    const samples: Sample[] = [];
    for (const place of this.#ring.places()) {
      const n = this.#ring.numbersAt(place);
      const numbers = this.#ring.numbers.subarray(n, n + WIDTH);
      const [kind] = numbers;
      if (kind < FIRST_WHAT) attempts.push(this.#readAttempt(place, numbers));
      else if (kind < SAMPLE) workers.push(this.#readWorker(place, numbers));
      else samples.push(readSample(numbers));
    }
    return { attempts, workers, samples };
  }

  #readAttempt(place: number, numbers: Float64Array): AttemptRecord {
    const [kind, at, pool, pid, job, task, calls, first, attempt, flags, since] = numbers;
    const [fn, worker, error] = this.#textsOf(place);
    return {
      ending: ENDINGS[kind],
      at,
      pool,
      worker,
      pid,
      fn: fn!,
      job,
      task,
      calls,
      first,
      attempt,
      isCall: (flags & IS_CALL) !== 0,
      hasRun: (flags & HAS_RUN) !== 0,
      since,
      waitMs: known(numbers[11]),
      runMs: known(numbers[12]),
      delayMs: numbers[13],
      error,
    };
  }

  #readWorker(place: number, numbers: Float64Array): WorkerNote {
    const [kind, at, pool, pid, startMs, initMs, exitCode, tasks] = numbers;
    const [, worker] = this.#textsOf(place);
    const what = WHATS[kind - FIRST_WHAT];
    return { what, at, pool, worker: worker!, pid, startMs, initMs, exitCode, tasks };
  }

  #textsOf(place: number): (string | null)[] {
    const from = this.#ring.referencesAt(place);
    return this.#ring.references.slice(from, from + DEPTH);
  }

  /** Begins a record. Returns where its numbers are. */
  #add(kind: number, at: number, pool: number, pid: number): number {
    const place = this.#ring.add();
    const n = this.#ring.numbersAt(place);
    const { numbers } = this.#ring;
    this.#texts = this.#ring.referencesAt(place);
    numbers[n] = kind;
    numbers[n + 1] = at;
    numbers[n + 2] = pool;
    numbers[n + 3] = pid;
    return n;
  }

  #name(fn: string | null, worker: string | null, error: string | null): void {
    const { references } = this.#ring;
    references[this.#texts] = fn;
    references[this.#texts + 1] = worker;
    references[this.#texts + 2] = error;
  }
}

function readSample(numbers: Float64Array): Sample {
  const [, at, pool, , running, queued, sent, received] = numbers;
  return { at, pool, running, queued, sent, received };
}

function known(number: number): number | null {
  return Number.isNaN(number) ? null : number;
}
