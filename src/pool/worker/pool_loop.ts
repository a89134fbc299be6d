/**
 * What a worker of a pool does: takes tasks from its ring, one at a time, and answers.
 *
 * The loop is driven by the party's waker: a look handles what is there. While a task waits for its promise nothing
 * else is taken, so what stands in the ring can still go to another worker.
 *
 * Long because a task goes through all of it: read, call, await, answer, wait for room.
 *
 * @module
 */

import type { PackedFunction } from "../../callable/packed_function.ts";
import { unpackFunction } from "../../callable/unpack_function.ts";
import type { AnyFunction } from "../../callable/callable.ts";
import { UnknownClassError } from "../../codec/registry.ts";
import { decodeWithImports } from "../../messages/decode_with_imports.ts";
import type { Program } from "../../parties/program.ts";
import { toFailure } from "../../messages/failure.ts";
import { encoder } from "../../messages/message.ts";
import { nap } from "../../support/stand_still.ts";
import type { Poller } from "../../parties/waker.ts";
import type { WorkerWork } from "../../identity/boot.ts";
import { importUserModule, self } from "../../identity/self.ts";
import { argumentText } from "./argument_text.ts";
import { LARGE, Receiver, Sender } from "../../messages/channel.ts";
import { itemOf } from "../jobs/item_error.ts";
import { Answer, Request, type SomeFailed, type TaskFailure } from "../protocol/records.ts";
import { Slowest } from "../schedule/slowest.ts";
import { TaskControl } from "../protocol/task_control.ts";
import { runtime } from "../../runtime/current.ts";
import type { RingRecord } from "../../sync/ring.ts";
import { type EachOutcome, isThenable, runEach } from "./each_item.ts";
import { load } from "../../process/load.ts";
import { TaskWatch } from "./task_watch.ts";

/** Tasks that are handled before the rest of the program gets a chance. */
const TASKS_A_LOOK = 64;
/** The longest run time (µs) that an answer can tell. */
const LONGEST_RUN = 2 ** 31 - 1;
const NONE: readonly unknown[] = [];
/** How long (ms) a worker that ends itself waits until its last results have been read. */
const LINGER = 5_000;

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
  runtime.writeError(`Process ${self()!.name}:\n${(error as Error)?.stack ?? error}\n`);
  return runtime.lifecycle.exit(1);
}

/** A function that was sent: usually there at once; where it has to be imported, its promise. */
type Loaded = AnyFunction | Promise<AnyFunction>;

class PoolLoop implements Poller {
  readonly stopped: Promise<void>;
  readonly #program: Program;
  readonly #requests: Receiver;
  readonly #answers: Sender;
  readonly #functions = new Map<number, Loaded>();
  readonly #where: string;
  #stop!: () => void;
  /** How many things must happen before the next task is taken: promises of a task, room for an answer, the end. */
  #holds = 0;
  /** When the task that is run now was begun (ms). */
  #since = 0;
  readonly #watch: TaskWatch;
  readonly #onItem = (position: number) => this.#watch.beginItem(position);
  /** Its arguments. */
  #args: readonly unknown[] = NONE;
  readonly #slowest = new Slowest<null>();

  constructor(program: Program, work: WorkerWork) {
    const control = new TaskControl(program.memory.open(work.controls));
    this.#watch = new TaskWatch(program, control, work.isWatched);
    this.#program = program;
    this.#requests = new Receiver(program.memory, program.memory.open(work.requests), true);
    const isLost = () => program.parties.isLost(program.creator);
    this.#answers = new Sender(program.memory, program.memory.open(work.answers), isLost);
    this.#where = `${self()!.name} (pid ${runtime.pid})`;
    this.stopped = new Promise((resolve) => this.#stop = resolve);
  }

  get waiting(): boolean {
    return this.#holds === 0;
  }

  /** Blocks until the pool has read everything, or does not for a long time. */
  linger(): void {
    for (
      const end = performance.now() + LINGER;
      performance.now() < end && !this.#answers.isRead;
    ) {
      nap(1);
    }
  }

  poll(): boolean {
    const { ring } = this.#requests;
    let found = false;
    this.#since = 0;
    for (let i = 0; i < TASKS_A_LOOK && this.#holds === 0; i++) {
      const record = ring.claim();
      if (record === null) break;
      found = true;
      this.#handle(record);
    }
    if (ring.takeWanted()) this.#notify();
    return found;
  }

  #handle(record: RingRecord): void {
    const { kind, a, b } = record;
    switch (kind & ~LARGE) {
      case Request.define:
        return void this.#functions.set(b, this.#define(record));
      case Request.forget:
        this.#functions.delete(b);
        return this.#requests.ring.release();
      case Request.stop:
        this.#holds++;
        return this.#stop();
      default:
        return this.#run(record, kind & ~LARGE, a, b);
    }
  }

  #define(record: RingRecord): Loaded {
    let loaded: Loaded;
    try {
      const descriptor = this.#requests.read(record) as PackedFunction;
      loaded = unpackFunction(descriptor, importUserModule);
    } catch (error) {
      if (error instanceof UnknownClassError) return this.#defineLater(record);
      loaded = Promise.reject(error);
    }
    const { b } = record;
    this.#requests.ring.release();
    if (loaded instanceof Promise) this.#settle(b, loaded);
    return loaded;
  }

  /** From when it is there, a function is called at once. */
  #settle(number: number, loading: Promise<AnyFunction>): void {
    loading.then((loaded) => {
      if (this.#functions.get(number) === loading) this.#functions.set(number, loaded);
    }, () => {});
  }

  /** What it captured has classes that are not known yet; the record stays claimed until they are. */
  #defineLater(record: RingRecord): Loaded {
    const kept = { ...record };
    this.#holds++;
    const decoded = decodeWithImports(() => this.#requests.read(kept)).finally(() => {
      this.#requests.ring.release();
      this.#holds--;
      this.#program.waker.expect();
    });
    const loaded = decoded.then(load);
    loaded.catch(() => {});
    return loaded;
  }

  #run(record: RingRecord, kind: number, task: number, fn: number): void {
    this.#since ||= performance.now();
    this.#watch.begin(task);
    let payload: unknown[];
    try {
      payload = this.#requests.read(record) as unknown[];
    } catch (error) {
      if (error instanceof UnknownClassError) return this.#decodeLater(record, kind, task, fn);
      this.#requests.ring.release();
      return this.#fail(task, error, 0);
    }
    this.#requests.ring.release();
    this.#start(kind, task, this.#functions.get(fn)!, payload);
  }

  #start(kind: number, task: number, fn: Loaded, payload: unknown[]): void {
    this.#args = payload;
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
      if (!isThenable(result)) return this.#succeed(task, result);
      this.#await(task, Promise.resolve(result).then((value) => this.#succeed(task, value)));
    } catch (error) {
      this.#fail(task, error, 0);
    }
  }

  #items(kind: number, task: number, fn: AnyFunction, items: unknown[]): void {
    if (kind === Request.map || kind === Request.starmap) return this.#each(kind, task, fn, items);
    const options = { star: kind === Request.starmapEach, onItem: this.#onItem };
    const outcome = runEach(fn, items, options);
    if (!(outcome instanceof Promise)) return this.#settleItems(task, outcome);
    this.#await(task, outcome.then((outcome) => this.#settleItems(task, outcome)));
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
      return this.#fail(task, error, i);
    }
    this.#succeedAll(task, results);
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
      return this.#fail(task, error, i);
    }
    this.#succeedAll(task, results);
  }

  /** Takes no other task until this one is answered. */
  #await(task: number, work: Promise<void>): void {
    this.#holds++;
    const since = this.#since;
    const proceed = () => {
      this.#holds--;
      this.#program.waker.expect();
    };
    work.catch((error) => {
      this.#since = since;
      this.#fail(task, error, 0);
    }).then(proceed);
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
        this.#start(kind, task, this.#functions.get(fn)!, payload as unknown[]);
      }),
    );
  }

  #succeed(task: number, value: unknown): void {
    try {
      this.#send(Answer.value, task, value, "result");
    } catch (error) {
      this.#fail(task, error, 0);
    }
  }

  #succeedAll(task: number, results: unknown[]): void {
    try {
      this.#send(Answer.value, task, results, "result");
    } catch (error) {
      this.#fail(task, error, itemOf(error, "result"));
    }
  }

  /** Answers with what came of each item; a result that cannot be sent is a failure of its item. */
  #settleItems(task: number, { results, failed }: EachOutcome): void {
    const failures = failed.map(({ thrown, index }) => this.#failure(thrown, index));
    try {
      if (failures.length === 0) return this.#send(Answer.value, task, results, "result");
    } catch {
      // Which results it is that cannot be sent is looked for now.
    }
    results.forEach((result, index) => {
      try {
        encoder.measure(result, "result");
      } catch (error) {
        results[index] = undefined;
        failures.push(this.#failure(error, index));
      }
    });
    const answer: SomeFailed = { results, failures };
    this.#send(Answer.someFailed, task, answer, "result");
  }

  #fail(task: number, thrown: unknown, index: number): void {
    this.#send(Answer.failure, task, this.#failure(thrown, index), "error");
  }

  #failure(thrown: unknown, index: number): TaskFailure {
    return { ...toFailure(thrown, this.#where), index };
  }

  #send(kind: number, task: number, payload: unknown, root: string): void {
    this.#watch.end();
    const now = performance.now();
    const micros = Math.min(LONGEST_RUN, Math.round((now - this.#since) * 1000));
    this.#since = now;
    if (micros > this.#slowest.least) this.#tellArguments(task, micros);
    this.#args = NONE;
    if (!this.#answers.send(kind, task, micros, payload, root)) {
      return this.#sendLater(kind, task, micros, payload, root);
    }
    this.#notify();
  }

  /** Tells what a slow task was about. Where there is no room for it, the answer comes without. */
  #tellArguments(task: number, micros: number): void {
    this.#slowest.add(micros, null);
    this.#answers.send(Answer.argumentText, task, 0, argumentText(this.#args), "args");
  }

  /** The pool is slow to read: waits until there is room, and takes nothing new meanwhile. */
  #sendLater(kind: number, task: number, micros: number, payload: unknown, root: string): void {
    this.#holds++;
    const trySend = (): boolean => {
      if (!this.#answers.send(kind, task, micros, payload, root)) {
        this.#answers.ring.wantRoom();
        if (!this.#answers.send(kind, task, micros, payload, root)) return false;
      }
      this.#program.waker.remove(poller);
      this.#holds--;
      this.#notify();
      return true;
    };
    const poller: Poller = { waiting: true, poll: trySend };
    this.#program.waker.add(poller);
  }

  #notify(): void {
    this.#program.waker.notify(this.#program.creator);
  }
}
