/**
 * What the bench measures, and whom.
 *
 * @module
 */

import type { RuntimeName } from "../support/runtimes.ts";
import type { Column } from "./columns.ts";

/** What a worker can be asked to do; see `tasks.ts`. */
export type TaskName = "increment" | "echo" | "burn";

/** Workers that were started. */
export interface Workers {
  /** Does a task in one of them. */
  call(task: TaskName, value: unknown): Promise<unknown>;
  /** Does a task for each of many values; only where the library has a call for that. */
  map?(task: TaskName, values: unknown[]): Promise<unknown[]>;
  /** Ends them. */
  close(): Promise<void>;
}

/** The end of a queue at which items are got from another process. */
export interface Consumer {
  /** Has the producer put so many items. */
  ask(count: number): Promise<void>;
  /** Gets one. */
  get(): Promise<unknown>;
  /** Ends the producer. */
  close(): Promise<void>;
}

/** A queue that is used at both ends by one process. */
export interface Backlog {
  /** Puts an item. */
  put(item: number): Promise<void>;
  /** Gets one. */
  get(): Promise<number>;
}

/** A lock. */
export interface Lockable {
  /** Takes it. */
  acquire(): Promise<boolean>;
  /** Frees it. */
  release(): void;
  /** Calls a function while it is taken. */
  withLock(fn: () => void): Promise<void>;
}

/** A dict that lives in a process of its own. */
export interface ManagedDict {
  /** Asks for a small value. */
  get(): Promise<unknown>;
  /** Ends the process. */
  close(): Promise<void>;
}

/** An end of a pipe, at whose other end another process sends back what it receives. */
export interface Echo {
  /** Sends a value, and receives it again. */
  value(value: unknown): Promise<unknown>;
  /** The same with bytes, which are received into some room, or into new memory. */
  bytes?(bytes: Uint8Array, room: Uint8Array | null): Promise<Uint8Array>;
  /** Ends the other process. */
  close(): Promise<void>;
}

/** A library, in one of the ways in which it can be used. */
export interface Subject {
  /** Starts workers. */
  open(workers: number): Promise<Workers>;
  /** Starts a manager with a dict; only where the library has such a thing. */
  openDict?(): Promise<ManagedDict>;
  /** Starts some processes or threads that do nothing, and waits for their ends. */
  startChildren?(count: number): Promise<void>;
  /** Starts a producer, and gives what takes some small items from it. */
  openQueue?(): Promise<Consumer>;
  /** Starts a process at the other end of a pipe, which receives bytes into so much room of its own, or into new memory. */
  openPipe?(room?: number): Promise<Echo>;
  /** A queue of this process. */
  openBacklog?(): Backlog;
  /** A lock that nobody else has. */
  openLock?(): Lockable;
  /** Starts a trace of all workers, and gives what stops it. */
  startTrace?(): () => Promise<unknown>;
}

/** How much to do. */
export interface Effort {
  /** How long (ms) a program goes on to the next window; the one that has begun is finished. */
  budget: number;
  /** How many windows there are at most, where that is less than usual. */
  windows?: number;
  /** How many workers a pool has. */
  workers: number;
  /** Is called after each window. */
  afterWindow?(): void;
}

/** What one program found, from the beginning on. */
export interface Series {
  /** How long (ms) it took from nothing to the first answer; `windows` begin after it. */
  first?: number;
  /** A figure for each window, one after the other. */
  windows: number[];
}

/** What the runtimes can do themselves: `bare`, with their own messages, and `spin`, two threads that never sleep. */
export type Limit = "bare" | "spin";

/** Something that is measured. */
export interface Measurement {
  /** What `--only` calls it. */
  name: string;
  /** What a reader is told. */
  title: string;
  unit: string;
  better: "lower" | "higher";
  /** What is shown of the windows, and what this library has set itself. */
  columns: readonly Column[];
  /** The other libraries that can do it, and on which runtimes. */
  peers: readonly RuntimeName[];
  /** What it is compared with besides. */
  limits: readonly Limit[];
  /** The start methods of Python's `multiprocessing` that are measured as well. */
  python: readonly ("fork" | "spawn")[];
  /** Whether it has as many workers as it is told. */
  scales?: boolean;
  /** Measures a subject in this program, or makes a series of how long (ms) several programs took from outside. */
  run: ((subject: Subject, effort: Effort) => Promise<Series>) | "outside";
}
