/**
 * What is recorded for a trace: written as numbers and references into a ring, read from there as objects.
 *
 * @module
 */

import { Request } from "../protocol/records.ts";
import type { Ending, NotedTask, WorkerNote } from "../schedule/recorders.ts";
import { RecordRing } from "./record_ring.ts";

/** A worker, as records name it. */
export interface RecordedWorker {
  readonly name: string;
  readonly pid: number;
}

/** What is recorded of a failure. */
export interface RecordedFailure {
  /** The error, in short; `null` where there is none. */
  readonly error: string | null;
  /** How long the task waits (ms) before it is run again. */
  readonly delayMs: number;
}

/** An attempt at a task, or calls that no worker had. Times (ms) are those of `performance.now()`. */
export interface AttemptRecord extends RecordedFailure {
  /** How it ended, if it did. */
  readonly ending: Ending | "unfinished";
  /** When that was known. */
  readonly at: number;
  /** The number of the pool. */
  readonly pool: number;
  /** The worker that had it last; `null` where none did, or none is known any more. */
  readonly worker: RecordedWorker | null;
  /** The function's name. */
  readonly fn: string;
  /** The number of the call or map in its pool. */
  readonly job: number;
  /** The number of the task in its pool; 0 where no worker had it. */
  readonly task: number;
  /** How many calls it is. */
  readonly calls: number;
  /** The position of its first item. */
  readonly first: number;
  /** Which attempt it was, from 1 on. */
  readonly attempt: number;
  /** Whether it is one call, not items of a map. */
  readonly isCall: boolean;
  /** Whether the worker ran it. */
  readonly hasRun: boolean;
  /** When it was asked for. */
  readonly since: number;
  /** How long it ran (ms); `null` where that is not known. */
  readonly runMs: number | null;
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

/** In one number with the kind: whether it is one call, whether it ran, and the attempt. */
const KIND = 0xf;
const IS_CALL = 0x10;
const HAS_RUN = 0x20;
const ATTEMPT = 0x40;

/** How many numbers a record has. The first three are of all records: the kind, when it was made, the pool. */
const WIDTH = 9;
/** How many references: the worker, the function's name, and the failure. */
const DEPTH = 3;

type Reference = RecordedWorker | RecordedFailure | string | null;

/** The records of a trace. */
export class Records {
  readonly #ring: RecordRing<Reference>;

  /** @param most How many are kept. */
  constructor(most: number) {
    this.#ring = new RecordRing(most, WIDTH);
  }

  /** How many were overwritten. */
  get dropped(): number {
    return this.#ring.dropped;
  }

  /**
   * Adds one of an attempt. The arguments are those of `Recorder.attempt()`, with what is kept of the worker and the failure.
   */
  addAttempt(
    at: number,
    pool: number,
    { job, kind, id, attempt, calls, first, since }: NotedTask,
    ending: Ending,
    hasRun: boolean,
    runMs: number,
    worker: RecordedWorker | null,
    failure: RecordedFailure | null,
  ): void {
    const flags = (kind === Request.call ? IS_CALL : 0) | (hasRun ? HAS_RUN : 0);
    const ended = ending === "done" ? 0 : ENDINGS.indexOf(ending);
    const ring = this.#ring;
    const place = ring.add();
    const { numbers, references } = ring;
    const n = place * WIDTH;
    numbers[n] = (ended | flags) + attempt * ATTEMPT;
    numbers[n + 1] = at;
    numbers[n + 2] = pool;
    numbers[n + 3] = job.number;
    numbers[n + 4] = id;
    numbers[n + 5] = calls;
    numbers[n + 6] = first;
    numbers[n + 7] = since;
    numbers[n + 8] = runMs;
    const r = place * DEPTH;
    references[r] = worker;
    references[r + 1] = job.fn.name;
    references[r + 2] = failure;
  }

  /** Adds one of a worker. */
  addWorker({ what, at, pool, worker, pid, startMs, initMs, exitCode, tasks }: WorkerNote): void {
    const numbers = [startMs, initMs, exitCode, tasks, 0, 0];
    this.#add(FIRST_WHAT + WHATS.indexOf(what), at, pool, numbers, { name: worker, pid });
  }

  /** Adds counters. */
  addSample({ at, pool, running, queued, sent, received }: Sample): void {
    this.#add(SAMPLE, at, pool, [running, queued, sent, received, 0, 0], null);
  }

  /** Reads all of them. */
  read(): AllRecords {
    const attempts: AttemptRecord[] = [];
    const workers: WorkerNote[] = [];
    const samples: Sample[] = [];
    for (const place of this.#ring.places()) {
      const numbers = this.#ring.numbers.subarray(place * WIDTH, (place + 1) * WIDTH);
      const references = this.#ring.references.slice(place * DEPTH, (place + 1) * DEPTH);
      const kind = numbers[0] & KIND;
      if (kind < FIRST_WHAT) attempts.push(readAttempt(numbers, references));
      else if (kind < SAMPLE) workers.push(readWorker(numbers, references));
      else samples.push(readSample(numbers));
    }
    return { attempts, workers, samples };
  }

  #add(
    kind: number,
    at: number,
    pool: number,
    others: readonly number[],
    worker: RecordedWorker | null,
  ): void {
    const place = this.#ring.add();
    this.#ring.numbers.set([kind, at, pool, ...others], place * WIDTH);
    [worker, null, null].forEach((reference, i) => {
      this.#ring.references[place * DEPTH + i] = reference;
    });
  }
}

function readAttempt(numbers: Float64Array, references: readonly Reference[]): AttemptRecord {
  const [packed, at, pool, job, task, calls, first, since, runMs] = numbers;
  const [worker, fn, failure] = references as [RecordedWorker, string, RecordedFailure | null];
  return {
    ending: ENDINGS[packed & KIND],
    at,
    pool,
    worker,
    fn,
    job,
    task,
    calls,
    first,
    attempt: Math.floor(packed / ATTEMPT),
    isCall: (packed & IS_CALL) !== 0,
    hasRun: (packed & HAS_RUN) !== 0,
    since,
    runMs: Number.isNaN(runMs) ? null : runMs,
    error: failure?.error ?? null,
    delayMs: failure?.delayMs ?? 0,
  };
}

function readWorker(numbers: Float64Array, references: readonly Reference[]): WorkerNote {
  const [kind, at, pool, startMs, initMs, exitCode, tasks] = numbers;
  const { name, pid } = references[0] as RecordedWorker;
  const what = WHATS[kind - FIRST_WHAT];
  return { what, at, pool, worker: name, pid, startMs, initMs, exitCode, tasks };
}

function readSample(numbers: Float64Array): Sample {
  const [, at, pool, running, queued, sent, received] = numbers;
  return { at, pool, running, queued, sent, received };
}
