/**
 * The lane between a pool and one worker: a ring for tasks on their way there, a ring for answers on their way back, and the
 * tasks that the worker has been given and not answered.
 *
 * Long because a task's number, record and place have to agree at each step.
 *
 * @module
 */

import type { Program } from "../../parties/program.ts";
import { toFailure } from "../../messages/failure.ts";
import { NotSupportedError } from "../../errors.ts";
import type { Block } from "../../sync/block.ts";
import { RING_UNIT, ringBytes, type RingRecord } from "../../sync/ring.ts";
import { copier, LARGE, Receiver, Sender } from "../../messages/channel.ts";
import { sendable } from "./carrier.ts";
import { KEPT_FUNCTIONS, type PoolFunction } from "../jobs/function_table.ts";
import type { Task } from "../jobs/task.ts";
import { GivenUpTask } from "../jobs/given_up_task.ts";
import { Answer, isTask, Request, RING_CAPACITY } from "../protocol/records.ts";
import { CONTROL_BYTES, type Said, SLOTS, TaskControl } from "../protocol/task_control.ts";

/** An answer of a worker; what stands here is good until the next one. */
export interface AnswerHandler {
  (task: Task, kind: number, value: unknown, runMs: number): void;
}

/** The two rings of a worker, and what is in them. */
export class Lane {
  /** The worker's id in the program; 0 until it is started. */
  party = 0;
  readonly requests: Block;
  readonly answers: Block;
  /** The block of {@linkcode control}. */
  readonly controls: Block;
  /** What is said about the task that runs. */
  readonly control: TaskControl;
  readonly #program: Program;
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  #wasFull = false;
  /** Whether the worker has answered what cannot be read: it must end, which settles those tasks. */
  hasUnreadable = false;
  /** The answer that was read last. */
  #kind = 0;
  #value: unknown = null;
  /**
   * Whether what is left in the ring goes nowhere: the worker has ended, and what it had not begun was taken back. Not as soon
   * as it has ended: a connection in a task that was given ahead still goes to another worker.
   */
  isLost = false;
  /** How many answers there have been. */
  answered = 0;
  /** The arguments, in words, of the task whose answer is being handled; `null` where it is none of the slowest. */
  argumentText: string | null = null;
  /** The tasks by the number that their records carry, and the numbers that are free. */
  readonly #tasks: (Task | null)[] = [];
  readonly #free = new Int32Array(SLOTS);
  /** How many of them are free: a list that is emptied throws its memory away each time. */
  #freeCount = 0;
  /** How much went through the rings, up to the positions given. */
  readonly #sent = { units: 0, position: 0 };
  readonly #received = { units: 0, position: 0 };
  /** How many tasks the worker has been given and not answered. */
  load = 0;
  /** The functions that the worker has, the one used longest ago first. */
  readonly #functions = new Set<PoolFunction>();
  /** The function of the last task, which the worker has. */
  #latest: PoolFunction | null = null;

  constructor(program: Program) {
    this.#program = program;
    this.requests = program.memory.allocate(ringBytes(RING_CAPACITY));
    this.answers = program.memory.allocate(ringBytes(RING_CAPACITY));
    this.controls = program.memory.allocate(CONTROL_BYTES);
    this.control = new TaskControl(this.controls);
    this.#sender = new Sender(program.memory, this.requests, () => this.isLost);
    this.#receiver = new Receiver(program.memory, this.answers, false);
  }

  /**
   * Gives the worker a task.
   *
   * @param task The task.
   * @returns Whether there was room for it.
   * @throws {SerializationError} when its arguments cannot be sent; the lane is as before.
   */
  give(task: Task): boolean {
    const { fn, carrier } = task.job;
    if (fn !== this.#latest && !this.#define(fn)) return this.#full();
    if (carrier !== null && !this.#sendCarrier(task.id, carrier)) return this.#full();
    const number = this.#freeCount > 0 ? this.#free[this.#freeCount - 1] : this.#tasks.length;
    if (number >= SLOTS) return this.#full();
    this.control.begin(number, task.id, task.attempt);
    const sent = this.#sender.send(
      task.kind,
      number,
      fn.number,
      task.payload,
      "args",
      task.writer,
    );
    if (!sent) return this.#full();
    if (number === this.#tasks.length) this.#tasks.push(task);
    else this.#tasks[this.#free[--this.#freeCount]] = task;
    this.load++;
    this.#wasFull = false;
    // The values are copied now: whatever the caller does with them is none of the task's business.
    if (this.#sender.tookAway) task.spare = null;
    task.payload = task.spare;
    this.#notify();
    return true;
  }

  /**
   * Whether there was no room for the last task, and nothing has been released since. Not a state that somebody has to
   * reset: room may come without an answer, where the worker passes over what was taken back.
   */
  get isFull(): boolean {
    return this.#wasFull && !this.#sender.ring.hasMoved;
  }

  /** Tells the worker to finish. Returns whether there was room for that. */
  stop(): boolean {
    if (!this.#sender.send(Request.stop, 0, 0, null, "stop")) return this.#full();
    this.#notify();
    return true;
  }

  /** Whether there is an answer. */
  get hasAnswer(): boolean {
    return this.#receiver.ring.ready;
  }

  /**
   * Handles all answers that are there.
   *
   * @param handle Called for each.
   * @returns Whether there were any.
   */
  drain(handle: AnswerHandler): boolean {
    const { ring } = this.#receiver;
    let found = false;
    for (let record = ring.claim(); record !== null; record = ring.claim()) {
      found = true;
      const { kind, a, b } = record;
      const isReadable = this.#read(record, kind & ~LARGE);
      ring.release();
      if (!isReadable) continue;
      const value = this.#value;
      this.#value = null;
      if (kind === Answer.argumentText) {
        this.argumentText = value as string;
        continue;
      }
      this.answered++;
      handle(this.#takeTask(a)!, this.#kind, value, b / 1000);
      this.argumentText = null;
    }
    if (found) this.#count();
    if (found && ring.takeWanted()) this.#notify();
    return found;
  }

  /**
   * Takes back all tasks that the worker has not begun.
   *
   * @returns The tasks, in order, each with a copy of what was sent.
   */
  takeBack(): Task[] {
    const tasks: Task[] = [];
    this.#sender.ring.revoke((record) => {
      if ((record.kind & ~LARGE) === Request.define) this.#undefine(record.b);
      const task = isTask(record.kind & ~LARGE) ? this.#takeTask(record.a) : null;
      if (task === null) return;
      task.payload = this.#sender.copyOf(record);
      task.writer = copier;
      if (task.spare !== null) task.spare = task.payload;
      tasks.push(task);
    });
    return tasks;
  }

  /** Whether there are tasks that the worker has not begun. */
  get hasUnbegun(): boolean {
    return this.#sender.ring.unclaimed > 0;
  }

  /**
   * Whether the worker needs so long, or longer, for what it runs and has not begun: about, as if all its tasks were alike.
   *
   * @param ms The time (ms).
   * @param allMs How long all its tasks take (ms), with those that it has answered since its answers were handled last.
   */
  isBusyFor(ms: number, allMs: number): boolean {
    if (allMs < ms) return false;
    // Not divided: whether a quotient is whole depends on the tasks, and compiled code is thrown away that expects it.
    const { unclaimed, lastLength } = this.#sender.ring;
    return allMs * (unclaimed + lastLength) >= ms * (this.load * lastLength);
  }

  /** The tasks that the worker has begun and not answered. */
  get begun(): Task[] {
    return this.#tasks.filter((task) => task !== null);
  }

  /** The task that the worker is at: of those that it has begun, the last one. `null` where it has begun none. */
  get running(): Task | null {
    const unbegun = new Set<Task | null>();
    this.#sender.ring.eachUnclaimed(({ kind, a }) => {
      if (isTask(kind & ~LARGE)) unbegun.add(this.#tasks[a]);
    });
    let running: Task | null = null;
    for (const task of this.begun) {
      if (!unbegun.has(task) && (running === null || task.id - running.id > 0)) running = task;
    }
    return running;
  }

  /** The position of the item that the worker runs, in a task that it has begun: 0 where it is one call. */
  itemOf(task: Task): number {
    return this.control.item(this.#tasks.indexOf(task));
  }

  /** How far the task is that the worker runs, as it says itself; `null` where it does not, or is at another item by now. */
  get said(): (Said & { readonly task: Task }) | null {
    const { said } = this.control;
    if (said === null) return null;
    const task = this.#tasks[said.slot] ?? null;
    if (task === null || this.control.item(said.slot) !== said.item) return null;
    return { ...said, task };
  }

  /** Whether the worker has been given tasks that nobody waits for any more. */
  get hasDead(): boolean {
    for (let i = 0; i < this.#tasks.length; i++) {
      const task = this.#tasks[i];
      if (task !== null && task.job.isOver && !(task instanceof GivenUpTask)) return true;
    }
    return false;
  }

  /**
   * Gives up a task that the worker has begun: it is asked to stop, and whatever it answers is nobody's.
   *
   * @param task The task.
   * @param reason Why it is to stop.
   * @returns What stands for it until it is answered.
   */
  giveUp(task: Task, reason: number): GivenUpTask {
    const slot = this.#tasks.indexOf(task);
    const givenUp = new GivenUpTask(task);
    this.#tasks[slot] = givenUp;
    this.control.stop(slot, reason);
    this.#notify();
    return givenUp;
  }

  /** How many bytes the worker was sent. */
  get bytesSent(): number {
    this.#count();
    return this.#sent.units * RING_UNIT + this.#sender.largeBytes;
  }

  /** How many bytes the worker sent. */
  get bytesReceived(): number {
    this.#count();
    return this.#received.units * RING_UNIT + this.#receiver.largeBytes;
  }

  /** Gives the rings back. */
  close(): void {
    this.#sender.close();
    this.controls.free();
    this.requests.free();
    this.answers.free();
  }

  /** Positions in rings start again from time to time: they are looked at often enough, after each batch of answers. */
  #count(): void {
    const { tail } = this.#sender.ring;
    const { position } = this.#receiver.ring;
    this.#sent.units += tail - this.#sent.position | 0;
    this.#received.units += position - this.#received.position | 0;
    this.#sent.position = tail;
    this.#received.position = position;
  }

  #takeTask(number: number): Task | null {
    const task = this.#tasks[number];
    if (task === null) return null;
    this.#tasks[number] = null;
    this.#free[this.#freeCount++] = number;
    this.load--;
    return task;
  }

  /**
   * An answer that cannot be decoded here is a failure of its task, and of nothing else. One whose memory cannot be had is
   * none: the worker that owns it has ended, as a rule, and nobody has noticed yet.
   *
   * @returns Whether there is an answer.
   */
  #read(record: RingRecord, kind: number): boolean {
    try {
      this.#value = this.#receiver.read(record);
      this.#kind = kind;
    } catch (thrown) {
      if (thrown instanceof NotSupportedError) {
        this.hasUnreadable = true;
        return false;
      }
      this.#value = { ...toFailure(thrown, "the receiver of the result"), index: 0 };
      this.#kind = Answer.failure;
    }
    return true;
  }

  #define(fn: PoolFunction): boolean {
    if (this.#functions.has(fn)) {
      this.#latest = fn;
      return true;
    }
    if (this.#functions.size >= KEPT_FUNCTIONS && !this.#forgetOldest()) return false;
    if (!this.#sender.send(Request.define, 0, fn.number, fn.packed, fn.name)) return false;
    this.#functions.add(fn);
    this.#latest = fn;
    return true;
  }

  /** What the next task finds in its carrier. Where there is no room for that one it is sent again. */
  #sendCarrier(id: number, carrier: Readonly<Record<string, string>>): boolean {
    const sent = sendable(carrier);
    return sent === null || this.#sender.send(Request.carrier, 0, id, sent, "carrier");
  }

  #forgetOldest(): boolean {
    const [oldest] = this.#functions;
    if (!this.#sender.send(Request.forget, 0, oldest.number, null, "")) return false;
    this.#functions.delete(oldest);
    this.#latest = null;
    return true;
  }

  /** A definition that was taken back has not reached the worker. */
  #undefine(number: number): void {
    this.#latest = null;
    for (const fn of this.#functions) if (fn.number === number) this.#functions.delete(fn);
  }

  /** The worker rings when it has released something. */
  #full(): false {
    this.#wasFull = true;
    this.#sender.ring.wantRoom();
    return false;
  }

  #notify(): void {
    if (this.party !== 0) this.#program.waker.notify(this.party);
  }
}
