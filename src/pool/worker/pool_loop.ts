/**
 * What a worker of a pool does: takes tasks from its ring, one at a time, runs them, and answers.
 *
 * The loop is driven by the party's waker: a look handles what is there. While a task waits for its promise nothing
 * else is taken, so what stands in the ring can still go to another worker.
 *
 * @module
 */

import type { AnyFunction } from "../../callable/callable.ts";
import { UnknownClassError } from "../../codec/registry.ts";
import type { WorkerWork } from "../../identity/boot.ts";
import { self } from "../../identity/self.ts";
import { LARGE, Receiver, Sender } from "../../messages/channel.ts";
import { decodeWithImports } from "../../messages/decode_with_imports.ts";
import type { Program } from "../../parties/program.ts";
import type { Poller } from "../../parties/waker.ts";
import { load } from "../../process/load.ts";
import { reportUncaught } from "../../process/uncaught.ts";
import { runtime } from "../../runtime/current.ts";
import type { RingRecord } from "../../sync/ring.ts";
import { Request } from "../protocol/records.ts";
import { TaskControl } from "../protocol/task_control.ts";
import { Answers, type TaskLoop } from "./answers.ts";
import { isThenable, runEach } from "./each_item.ts";
import { type SentFunction, SentFunctions } from "./sent_functions.ts";
import { TaskWatch } from "./task_watch.ts";

/** Tasks that are handled before the rest of the program gets a chance. */
const TASKS_A_LOOK = 64;

/**
 * Gets everything that a worker needs, and runs the initializer. The finalizer is got here, too: one that is missing should
 * not be noticed at the end.
 *
 * @param program The program.
 * @param work What the creator said.
 * @returns Runs the worker.
 * @throws what the initializer throws.
 */
export async function prepareWorker(
  program: Program,
  work: WorkerWork,
): Promise<() => Promise<void>> {
  const finalize = work.finalizer === null ? null : await load(work.finalizer);
  if (work.initializer !== null) await (await load(work.initializer))(...work.initArgs);
  return async () => {
    const loop = new PoolLoop(program, work);
    runtime.lifecycle.onUncaught(fail);
    // The memory of a process's large results ends with it.
    if (program.method === "process") runtime.lifecycle.onExit(() => loop.linger());
    program.waker.add(loop);
    await loop.stopped;
    try {
      await finalize?.();
    } catch (error) {
      fail(error);
    }
    runtime.lifecycle.exit(0);
  };
}

/** Ends this worker because of an error that nobody caught. */
function fail(error: unknown): never {
  reportUncaught(self()!.name, error);
  return runtime.lifecycle.exit(1);
}

class PoolLoop implements Poller, TaskLoop {
  readonly stopped: Promise<void>;
  readonly #program: Program;
  readonly #requests: Receiver;
  readonly #answers: Answers;
  readonly #functions: SentFunctions;
  #stop!: () => void;
  /** How many things must happen before the next task is taken: promises of a task, room for an answer, the end. */
  #holds = 0;
  readonly #watch: TaskWatch;
  readonly #onItem = (position: number) => this.#watch.beginItem(position);

  constructor(program: Program, work: WorkerWork) {
    const control = new TaskControl(program.memory.open(work.controls));
    this.#watch = new TaskWatch(program, control, work.isWatched);
    this.#program = program;
    this.#requests = new Receiver(program.memory, program.memory.open(work.requests), true);
    const isLost = () => program.parties.isLost(program.creator);
    const sender = new Sender(program.memory, program.memory.open(work.answers), isLost);
    this.#answers = new Answers(program, sender, this.#watch, this);
    this.#functions = new SentFunctions(this.#requests, this);
    this.stopped = new Promise((resolve) => this.#stop = resolve);
  }

  get waiting(): boolean {
    return this.#holds === 0;
  }

  /** Blocks until the pool has read everything, or does not for a long time. */
  linger(): void {
    this.#answers.linger();
  }

  hold(): void {
    this.#holds++;
  }

  readonly proceed = (): void => {
    this.#holds--;
    this.#program.waker.expect();
  };

  poll(): boolean {
    const { ring } = this.#requests;
    let found = false;
    this.#answers.since = 0;
    for (let i = 0; i < TASKS_A_LOOK && this.#holds === 0; i++) {
      const record = ring.claim();
      if (record === null) break;
      found = true;
      this.#handle(record);
    }
    if (ring.takeWanted()) this.#program.waker.notify(this.#program.creator);
    return found;
  }

  #handle(record: RingRecord): void {
    const { kind, a, b } = record;
    switch (kind & ~LARGE) {
      case Request.define:
        return this.#functions.define(record);
      case Request.forget:
        this.#functions.forget(b);
        return this.#requests.ring.release();
      case Request.carrier:
        this.#watch.carry(b, this.#requests.read(record) as Record<string, string>);
        return this.#requests.ring.release();
      case Request.stop:
        this.#holds++;
        return this.#stop();
      default:
        return this.#run(record, kind & ~LARGE, a, b);
    }
  }

  #run(record: RingRecord, kind: number, task: number, fn: number): void {
    this.#answers.since ||= performance.now();
    this.#watch.begin(task);
    let payload: unknown[];
    try {
      payload = this.#requests.read(record) as unknown[];
    } catch (error) {
      if (error instanceof UnknownClassError) return this.#decodeLater(record, kind, task, fn);
      this.#requests.ring.release();
      return this.#answers.fail(task, error, 0);
    }
    this.#requests.ring.release();
    this.#start(kind, task, this.#functions.byNumber.get(fn)!, payload);
  }

  #start(kind: number, task: number, fn: SentFunction, payload: unknown[]): void {
    this.#answers.args = payload;
    if (typeof fn !== "function") {
      this.#watch.load();
      return this.#await(
        task,
        fn.then((loaded) => {
          this.#watch.loaded();
          this.#startLoaded(kind, task, loaded, payload);
        }),
      );
    }
    this.#startLoaded(kind, task, fn, payload);
  }

  #startLoaded(kind: number, task: number, fn: AnyFunction, payload: unknown[]): void {
    if (kind !== Request.call) return this.#items(kind, task, fn, payload);
    try {
      const result: unknown = fn(...payload);
      if (!isThenable(result)) return this.#answers.succeed(task, result);
      this.#await(
        task,
        Promise.resolve(result).then((value) => this.#answers.succeed(task, value)),
      );
    } catch (error) {
      this.#answers.fail(task, error, 0);
    }
  }

  #items(kind: number, task: number, fn: AnyFunction, items: unknown[]): void {
    if (kind === Request.map || kind === Request.starmap) return this.#each(kind, task, fn, items);
    const options = { star: kind === Request.starmapEach, onItem: this.#onItem };
    const outcome = runEach(fn, items, options);
    if (!(outcome instanceof Promise)) return this.#answers.settleItems(task, outcome);
    this.#await(task, outcome.then((outcome) => this.#answers.settleItems(task, outcome)));
  }

  /** Calls for each item, up to the first that fails; from the first promise on, with `await`. */
  #each(kind: number, task: number, fn: AnyFunction, items: unknown[]): void {
    const star = kind === Request.starmap;
    const results: unknown[] = new Array(items.length);
    let i = 0;
    try {
      for (; i < items.length; i++) {
        if (i > 0) this.#watch.beginItem(i);
        const result: unknown = star ? fn(...items[i] as unknown[]) : fn(items[i]);
        if (isThenable(result)) {
          results[i] = result;
          return this.#await(task, this.#eachAsync(star, task, fn, items, results, i));
        }
        results[i] = result;
      }
    } catch (error) {
      return this.#answers.fail(task, error, i);
    }
    this.#answers.succeedAll(task, results);
  }

  async #eachAsync(
    star: boolean,
    task: number,
    fn: AnyFunction,
    items: unknown[],
    results: unknown[],
    from: number,
  ): Promise<void> {
    let i = from;
    try {
      results[i] = await results[i];
      for (i++; i < items.length; i++) {
        this.#watch.beginItem(i);
        results[i] = await (star ? fn(...items[i] as unknown[]) : fn(items[i]));
      }
    } catch (error) {
      return this.#answers.fail(task, error, i);
    }
    this.#answers.succeedAll(task, results);
  }

  /** Takes no other task until this one is answered. */
  #await(task: number, work: Promise<void>): void {
    this.#holds++;
    const { since } = this.#answers;
    work.catch((error) => {
      this.#answers.since = since;
      this.#answers.fail(task, error, 0);
    }).then(this.proceed);
  }

  /** The record stays claimed, and its bytes stay, until its classes are known. */
  #decodeLater(record: RingRecord, kind: number, task: number, fn: number): void {
    const kept = { ...record };
    this.#watch.load();
    const decoded = decodeWithImports(() => this.#requests.read(kept)).finally(() =>
      this.#requests.ring.release()
    );
    this.#await(
      task,
      decoded.then((payload) => {
        this.#watch.loaded();
        this.#start(kind, task, this.#functions.byNumber.get(fn)!, payload as unknown[]);
      }),
    );
  }
}
