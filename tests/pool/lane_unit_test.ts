import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { ArenaMemory, createArena } from "../../src/memory/arena_memory.ts";
import type { Program } from "../../src/parties/program.ts";
import { NotSupportedError } from "../../src/errors.ts";
import { LARGE, Receiver, Sender } from "../../src/messages/channel.ts";
import type { PoolFunction } from "../../src/pool/jobs/function_table.ts";
import { CallJob } from "../../src/pool/jobs/job.ts";
import { Lane } from "../../src/pool/schedule/lane.ts";
import { Answer, Request } from "../../src/pool/protocol/records.ts";
import { CONTROL_BYTES, StopReason, TaskControl } from "../../src/pool/protocol/task_control.ts";
import { plainBlock } from "../support/plain_block.ts";

/** What a worker does with its rings, step by step. */
class FakeWorker {
  readonly requests: Receiver;
  readonly answers: Sender;

  constructor(memory: ArenaMemory, lane: Lane) {
    this.requests = new Receiver(memory, memory.open(lane.requests.ref), true);
    this.answers = new Sender(memory, memory.open(lane.answers.ref));
  }

  /** Takes the next task, passing over definitions; gives its number and arguments. */
  take(): { number: number; args: unknown[] } | null {
    for (let record = this.requests.ring.claim(); record; record = this.requests.ring.claim()) {
      const { kind, a } = record;
      const value = this.requests.read(record);
      this.requests.ring.release();
      if ((kind & ~LARGE) === Request.call) return { number: a, args: value as unknown[] };
    }
    return null;
  }

  answer(number: number, value: unknown): void {
    assert(this.answers.send(Answer.value, number, 1000, value, "result"));
  }
}

function newLane(): { lane: Lane; worker: FakeWorker; rings: number[] } {
  const memory = new ArenaMemory(createArena());
  const rings: number[] = [];
  const waker = { notify: (party: number) => void rings.push(party) };
  const lane = new Lane({ memory, waker } as unknown as Program);
  lane.party = 7;
  return { lane, worker: new FakeWorker(memory, lane), rings };
}

function fnOf(number: number): PoolFunction {
  const packed = { kind: "text", name: `fn${number}`, text: "() => 1" };
  return {
    number,
    name: `fn${number}`,
    packed,
    callTime: 0,
    site: "",
  } as unknown as PoolFunction;
}

function newCall(fn: PoolFunction, ...args: unknown[]): { call: CallJob; said: unknown[] } {
  const said: unknown[] = [];
  const outcome = {
    resolve: (value: unknown) => said.push(value),
    reject: (error: unknown) => said.push(error),
  };
  return { call: new CallJob(fn, args, 0, outcome), said };
}

function drain(lane: Lane): unknown[] {
  const values: unknown[] = [];
  lane.drain((task, _kind, value) => {
    values.push(value);
    task.job.succeed(task, value);
  });
  return values;
}

test("Lane gives tasks in order, and tells whose answer it is in any order", () => {
  const { lane, worker, rings } = newLane();
  const fn = fnOf(1);
  const calls = [0, 1, 2].map((i) => newCall(fn, i));
  for (const { call } of calls) assert(lane.give(call));
  assertEquals([lane.load, rings.length], [3, 3]);
  const taken = [worker.take()!, worker.take()!, worker.take()!];
  assertEquals(taken.map(({ args }) => args), [[0], [1], [2]]);
  for (const { number, args } of taken.toReversed()) worker.answer(number, `of ${args}`);
  assertEquals(drain(lane), ["of 2", "of 1", "of 0"]);
  assertEquals(calls.map(({ said }) => said), [["of 0"], ["of 1"], ["of 2"]]);
  assertEquals([lane.load, lane.answered], [0, 3]);
});

test("Lane.takeBack() leaves what was begun, and gives the rest back with its arguments", () => {
  const { lane, worker } = newLane();
  const fn = fnOf(1);
  const calls = [0, 1, 2, 3].map((i) => newCall(fn, i, new Uint8Array(i * 100_000).fill(i)));
  for (const { call } of calls) lane.give(call);
  const first = worker.take()!;
  const back = lane.takeBack();
  assertEquals(back.map((task) => task.job), calls.slice(1).map(({ call }) => call));
  assertEquals([lane.load, lane.begun.length], [1, 1]);
  for (const task of back) assert(lane.give(task));
  worker.answer(first.number, "first");
  assertEquals(drain(lane), ["first"]);
  for (let i = 1; i < 4; i++) {
    const { number, args } = worker.take()!;
    assertEquals(args, [i, new Uint8Array(i * 100_000).fill(i)]);
    worker.answer(number, i);
  }
  assertEquals(drain(lane), [1, 2, 3]);
  assertEquals(worker.take(), null);
});

test("Lane sends a function again whose definition was taken back", () => {
  const { lane, worker } = newLane();
  const [a, b] = [fnOf(1), fnOf(2)];
  lane.give(newCall(a, "a").call);
  lane.give(newCall(b, "b").call);
  const back = lane.takeBack();
  assertEquals(back.length, 2);
  assertEquals(worker.take(), null);
  lane.give(back[1]);
  const defined: number[] = [];
  for (let record = worker.requests.ring.claim(); record; record = worker.requests.ring.claim()) {
    if (record.kind === Request.define) defined.push(record.b);
    worker.requests.ring.release();
  }
  assertEquals(defined, [2]);
});

test("Lane has room again as soon as the worker has passed over what was taken back", () => {
  const { lane, worker } = newLane();
  const fn = fnOf(1);
  const payload = "x".repeat(100_000);
  const [long] = [newCall(fn, "long").call];
  lane.give(long);
  const { number } = worker.take()!;
  while (lane.give(newCall(fn, payload).call));
  assertEquals(lane.isFull, true);
  const back = lane.takeBack();
  assert(back.length > 2);
  worker.answer(number, "done");
  assertEquals(drain(lane), ["done"]);
  assertEquals(lane.load, 0);
  // The worker has answered, but not looked for the next task: its bytes are not free, and no answer will come.
  assertEquals([lane.give(back[0]), lane.isFull], [false, true]);
  assertEquals(worker.take(), null);
  assertEquals(lane.isFull, false);
  assert(lane.give(back[0]));
  assertEquals(worker.take()!.args, [payload]);
});

test("a worker that releases something tells a lane that waits for room", () => {
  const { lane, worker } = newLane();
  const fn = fnOf(1);
  while (lane.give(newCall(fn, "x".repeat(100_000)).call));
  assertEquals(worker.requests.ring.takeWanted(), true);
  assertEquals([lane.give(newCall(fn, "x".repeat(100_000)).call), lane.isFull], [false, true]);
  worker.take();
  assertEquals(worker.requests.ring.takeWanted(), true);
  assertEquals(lane.isFull, false);
});

test("Lane.stop() waits for room like a task", () => {
  const { lane, worker } = newLane();
  const fn = fnOf(1);
  for (const size of [90_000, 5_000, 0]) while (lane.give(newCall(fn, "x".repeat(size)).call));
  assertEquals(lane.stop(), false);
  lane.takeBack();
  assertEquals(lane.stop(), false);
  assertEquals(worker.take(), null);
  assertEquals(lane.stop(), true);
});

test("an answer in memory that is gone leaves its task to whoever sees the worker end", () => {
  const arena = new ArenaMemory(createArena());
  const gone = (): never => {
    throw new NotSupportedError("its creator has ended");
  };
  const memory = { allocate: (size: number) => arena.allocate(size), open: gone };
  const lane = new Lane({ memory, waker: { notify() {} } } as unknown as Program);
  const worker = new FakeWorker(arena, lane);
  const calls = [newCall(fnOf(1), "large"), newCall(fnOf(1), "small")];
  for (const { call } of calls) lane.give(call);
  worker.answer(worker.take()!.number, new Uint8Array(500_000));
  worker.answer(worker.take()!.number, "small");
  assertEquals(drain(lane), ["small"]);
  assertEquals([lane.hasUnreadable, lane.load, lane.answered], [true, 1, 1]);
  assertEquals(lane.begun.map((task) => task.job), [calls[0].call]);
});

test("Lane.giveUp() lets a task's answer be nobody's, and its slot be used again", () => {
  const { lane, worker, rings } = newLane();
  const fn = fnOf(1);
  const [first, second] = [newCall(fn, "first"), newCall(fn, "second")];
  lane.give(first.call);
  const taken = worker.take()!;
  assertEquals([lane.hasDead, lane.control.stopReason(taken.number)], [false, 0]);
  first.call.abort("cancelled");
  assertEquals(lane.hasDead, true);
  const before = rings.length;
  const givenUp = lane.giveUp(first.call, StopReason.timeout);
  assertEquals([lane.hasDead, rings.length - before], [false, 1]);
  assertEquals(lane.control.stopReason(taken.number), StopReason.timeout);
  assertEquals([lane.load, lane.begun], [1, [givenUp]]);
  worker.answer(taken.number, "too late");
  const answered: unknown[] = [];
  lane.drain((task) => void answered.push(task));
  assertEquals([answered, lane.load, first.said], [[givenUp], 0, ["cancelled"]]);
  second.call.id = 77;
  lane.give(second.call);
  const next = worker.take()!;
  assertEquals([next.number, lane.control.stopReason(next.number)], [taken.number, 0]);
  assertEquals([lane.control.id(next.number), lane.control.attempt(next.number)], [77, 1]);
});

test("Lane tells how far the task is that runs, by its item, and of no other one", () => {
  const { lane, worker } = newLane();
  const control = new TaskControl(lane.controls);
  const calls = [0, 1].map((i) => newCall(fnOf(1), i).call);
  for (const call of calls) assert(lane.give(call));
  assertEquals(lane.said, null);
  const [first, second] = [worker.take()!.number, worker.take()!.number];
  control.say(first, 3, 10);
  assertEquals(lane.said, { task: calls[0], slot: first, item: 0, done: 3, total: 10 });
  control.say(first, 4.5, null);
  assertEquals([lane.said!.done, lane.said!.total], [4.5, null]);
  control.beginItem(first, 1);
  assertEquals(lane.said, null);
  control.say(first, 2 ** 53 - 1, 2 ** 53);
  assertEquals([lane.said!.item, lane.said!.done, lane.said!.total], [1, 2 ** 53 - 1, 2 ** 53]);
  control.unsay();
  assertEquals(lane.said, null);
  control.say(second, 1, 2);
  assertEquals(lane.said!.task, calls[1]);
  worker.answer(second, "done");
  drain(lane);
  assertEquals(lane.said, null);
});

test("what is being said while it is read does not mix with what was said before", () => {
  const block = plainBlock(CONTROL_BYTES);
  const [pool, worker] = [new TaskControl(block), new TaskControl(block)];
  worker.say(3, 1, 10);
  assertEquals(pool.said, { slot: 3, item: 0, done: 1, total: 10 });
  // The worker stands still, or has been killed, between its first word and its last one.
  const whole = block.words.slice();
  worker.say(4, 2, 20);
  const words = block.words.slice();
  for (const changed of words.keys()) {
    if (words[changed] === whole[changed]) continue;
    block.words.set(whole);
    block.words[1]++;
    for (let i = 2; i <= changed; i++) block.words[i] = words[i];
    assertEquals(pool.said, { slot: 3, item: 0, done: 1, total: 10 });
  }
  block.words.set(words);
  assertEquals(pool.said, { slot: 4, item: 0, done: 2, total: 20 });
});
