/**
 * What the bench measures, and whom.
 *
 * @module
 */

import type { RuntimeName } from "../support/runtimes.ts";

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
  /** Asks for items, and gets them one after the other; gives the time (ms) from the first to the last. */
  take(count: number): Promise<number>;
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
  bytes(bytes: Uint8Array, room: Uint8Array | null): Promise<Uint8Array>;
  /** Ends the other process. */
  close(): Promise<void>;
}

/** A library, in one of the ways in which it can be used. */
export interface Subject {
  /** Starts workers. */
  open(workers: number): Promise<Workers>;
  /** Starts a manager with a dict; only where the library has such a thing. */
  openDict?(): Promise<ManagedDict>;
  /** Starts a process or thread that does nothing, and waits for its end. */
  startToJoin?(): Promise<void>;
  /** Starts a producer, and gives what takes some small items from it. */
  openQueue?(): Promise<Consumer>;
  /** Starts a process at the other end of a pipe, which receives bytes into so much room of its own, or into new memory. */
  openPipe?(room?: number): Promise<Echo>;
  /** A queue of this process. */
  openBacklog?(): Backlog;
  /** A lock that nobody else has. */
  openLock?(): Lockable;
  /** A start and an end by the runtime alone. */
  startBare?(): Promise<void>;
}

/** How much to do. */
export interface Effort {
  /** How often what is measured is repeated, after a warm-up. */
  repetitions: number;
  /** A part of the usual amount, up to 1. */
  scale: number;
}

/** Figures of one subject: one for each repetition. */
export interface Figures {
  values: number[];
  /** What the figures are made of, where they are ratios. */
  note?: string;
}

/** Something that is measured. */
export interface Measurement {
  /** What `--only` calls it. */
  name: string;
  /** What a reader is told. */
  title: string;
  unit: string;
  better: "lower" | "higher";
  /** What this library has set itself. */
  target?: number;
  /** The other libraries that can do it, and on which runtimes. */
  peers: readonly RuntimeName[];
  /** The start methods of Python's `multiprocessing` that are measured as well. */
  python: readonly ("fork" | "spawn")[];
  /** Measures a subject. */
  run(subject: Subject, effort: Effort): Promise<Figures>;
}
