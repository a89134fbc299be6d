/**
 * What is recorded for a trace: written as numbers and references into a ring, read from there as objects.
 *
 * @module
 */

import { Request } from "../protocol/records.ts";
import type { Ending, NotedTask, WorkerNote } from "../schedule/recorders.ts";
import { type Block, RecordRing } from "./record_ring.ts";

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

/** Something about a worker. */
export type WorkerRecord = Omit<WorkerNote, "bytesIn" | "bytesOut">;

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
  readonly workers: readonly WorkerRecord[];
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
const ATTEMPT = 6;
const MOST_ATTEMPTS = 0xffffff;

/** The numbers of a record: two doubles, when it was made and one more, and as many numbers of 4 bytes as there is room for. */
const DOUBLES = 6;
const INTS = 2 * DOUBLES;
/** Where the numbers of 4 bytes begin: the kind, the pool, and others. */
const FIRST_INT = 4;
/** The references: the worker, and the function's name or what is recorded of its failure. */
const REFERENCES = 2;

/** A failure, and the name of the function that failed. */
interface FailureOf extends RecordedFailure {
  readonly fn: string;
}

type Reference = RecordedWorker | FailureOf | string | null;

/** The records of a trace. */
export class Records {
  readonly #ring: RecordRing<Reference>;

  /** @param most How many are kept. */
  constructor(most: number) {
    this.#ring = new RecordRing<Reference>(
      most,
      { doubles: DOUBLES, references: REFERENCES },
      null,
    );
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
    const { doubles, floats, ints, references } = ring.block;
    doubles[place * DOUBLES] = at;
    doubles[place * DOUBLES + 1] = since;
    const n = place * INTS + FIRST_INT;
    ints[n] = ended | flags | Math.min(attempt, MOST_ATTEMPTS) << ATTEMPT;
    ints[n + 1] = pool;
    ints[n + 2] = job.number;
    ints[n + 3] = id;
    ints[n + 4] = calls;
    ints[n + 5] = first;
    floats[n + 6] = runMs;
    const { name } = job.fn;
    references[place * REFERENCES] = worker;
    references[place * REFERENCES + 1] = failure === null ? name : { fn: name, ...failure };
  }

  /** Adds one of a worker. */
  addWorker({ what, at, pool, worker, pid, startMs, initMs, exitCode, tasks }: WorkerRecord): void {
    const kind = FIRST_WHAT + WHATS.indexOf(what);
    const n = this.#add(kind, at, pool, 0, { name: worker, pid });
    const { floats, ints } = this.#ring.block;
    floats[n + 2] = startMs;
    floats[n + 3] = initMs;
    ints[n + 4] = exitCode;
    ints[n + 5] = tasks;
  }

  /** Adds counters. */
  addSample({ at, pool, running, queued, sent, received }: Sample): void {
    const n = this.#add(SAMPLE, at, pool, sent, null);
    const { doubles, ints } = this.#ring.block;
    ints[n + 2] = running;
    ints[n + 3] = queued;
    doubles[(n + 4) / 2] = received;
  }

  /** Reads all of them. */
  read(): AllRecords {
    const attempts: AttemptRecord[] = [];
    const workers: WorkerRecord[] = [];
    const samples: Sample[] = [];
    for (const [block, place] of this.#ring.records()) {
      const kind = block.ints[place * INTS + FIRST_INT] & KIND;
      if (kind < FIRST_WHAT) attempts.push(readAttempt(block, place));
      else if (kind < SAMPLE) workers.push(readWorker(block, place));
      else samples.push(readSample(block, place));
    }
    return { attempts, workers, samples };
  }

  /** Begins a record. Returns where its numbers of 4 bytes are. */
  #add(
    kind: number,
    at: number,
    pool: number,
    second: number,
    worker: RecordedWorker | null,
  ): number {
    const place = this.#ring.add();
    const { doubles, ints, references } = this.#ring.block;
    doubles[place * DOUBLES] = at;
    doubles[place * DOUBLES + 1] = second;
    const n = place * INTS + FIRST_INT;
    ints[n] = kind;
    ints[n + 1] = pool;
    references[place * REFERENCES] = worker;
    references[place * REFERENCES + 1] = null;
    return n;
  }
}

function readAttempt(block: Block<Reference>, place: number): AttemptRecord {
  const { doubles, floats, ints } = block;
  const n = place * INTS + FIRST_INT;
  const packed = ints[n];
  const runMs = floats[n + 6];
  const named = block.references[place * REFERENCES + 1] as FailureOf | string;
  const { fn, error, delayMs } = typeof named === "string"
    ? { fn: named, error: null, delayMs: 0 }
    : named;
  return {
    ending: ENDINGS[packed & KIND],
    at: doubles[place * DOUBLES],
    pool: ints[n + 1],
    worker: block.references[place * REFERENCES] as RecordedWorker | null,
    fn,
    job: ints[n + 2],
    task: ints[n + 3],
    calls: ints[n + 4],
    first: ints[n + 5],
    attempt: packed >>> ATTEMPT,
    isCall: (packed & IS_CALL) !== 0,
    hasRun: (packed & HAS_RUN) !== 0,
    since: doubles[place * DOUBLES + 1],
    runMs: Number.isNaN(runMs) ? null : whole(runMs),
    error,
    delayMs,
  };
}

function readWorker(block: Block<Reference>, place: number): WorkerRecord {
  const { doubles, floats, ints } = block;
  const n = place * INTS + FIRST_INT;
  const { name, pid } = block.references[place * REFERENCES] as RecordedWorker;
  return {
    what: WHATS[ints[n] - FIRST_WHAT],
    at: doubles[place * DOUBLES],
    pool: ints[n + 1],
    worker: name,
    pid,
    startMs: whole(floats[n + 2]),
    initMs: whole(floats[n + 3]),
    exitCode: ints[n + 4],
    tasks: ints[n + 5],
  };
}

function readSample({ doubles, ints }: Block<Reference>, place: number): Sample {
  const n = place * INTS + FIRST_INT;
  return {
    at: doubles[place * DOUBLES],
    pool: ints[n + 1],
    running: ints[n + 2],
    queued: ints[n + 3],
    sent: doubles[place * DOUBLES + 1],
    received: doubles[(n + 4) / 2],
  };
}

/** A length (ms) that was kept in 4 bytes, in whole microseconds. */
function whole(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
