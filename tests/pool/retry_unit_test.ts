import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { WorkerLostError } from "../../src/errors.ts";
import { planRetries } from "../../src/pool/jobs/retry.ts";
import { SignalHub } from "../../src/pool/calls/signal_hub.ts";

const lost = new WorkerLostError("lost", {
  worker: "w",
  pid: 1,
  exitCode: 1,
  signal: null,
  task: "t",
  stderr: [],
  likelyCause: "exit",
});

test("planRetries() of a number wants lost workers only, at once", () => {
  assertEquals([planRetries(undefined), planRetries(0)], [null, null]);
  const plan = planRetries(2)!;
  assertEquals(plan.attempts, 3);
  assertEquals([1, 2, 3].map((attempt) => plan.wants(lost, attempt)), [true, true, false]);
  assertEquals(plan.wants(new Error("thrown"), 1), false);
  assertEquals([plan.delayAfter(1), plan.delayAfter(2)], [0, 0]);
});

test("planRetries() backs off up to the longest delay, with its jitter", () => {
  const exact = planRetries({ attempts: 9, delay: 10, factor: 3, maxDelay: 100, jitter: 0 })!;
  assertEquals([1, 2, 3, 4, 9].map((attempt) => exact.delayAfter(attempt)), [10, 30, 90, 100, 100]);
  const random = planRetries({ attempts: 2, delay: 100, jitter: 0.5 })!;
  const delays = Array.from({ length: 200 }, () => random.delayAfter(1));
  assert(delays.every((delay) => delay >= 50 && delay <= 100));
  assert(new Set(delays).size > 100);
});

test("planRetries() takes errors by class, by name, and asks a function", () => {
  const named = planRetries({ attempts: 3, on: [RangeError, "Special"] })!;
  const special = Object.assign(new Error(), { name: "Special" });
  assertEquals(
    [new RangeError(), special, lost, new Error(), "Special", null, undefined].map((error) =>
      named.wants(error, 1)
    ),
    [true, true, false, false, false, false, false],
  );
  const asked = planRetries({ attempts: 3, on: (error) => error === 5 })!;
  assertEquals([asked.wants(5, 2), asked.wants(5, 3), asked.wants(6, 1)], [true, false, false]);
});

test("SignalHub has one listener on each signal, as long as it is needed", () => {
  const hub = new SignalHub();
  const controller = new AbortController();
  let listeners = 0;
  const signal = {
    get reason() {
      return controller.signal.reason;
    },
    addEventListener: (...args: [string, () => void]) => {
      listeners++;
      controller.signal.addEventListener(...args);
    },
    removeEventListener: (...args: [string, () => void]) => {
      listeners--;
      controller.signal.removeEventListener(...args);
    },
  } as unknown as AbortSignal;
  const stopped: unknown[] = [];
  const targets = Array.from({ length: 100 }, (_, i) => ({
    stop: (reason: unknown) => {
      stopped.push([i, reason]);
      hub.remove(signal, targets[i]);
    },
  }));
  for (const target of targets) hub.add(signal, target);
  assertEquals(listeners, 1);
  for (const target of targets) hub.remove(signal, target);
  assertEquals(listeners, 0);
  hub.add(signal, targets[3]);
  hub.add(signal, targets[4]);
  hub.remove(signal, targets[9]);
  controller.abort("enough");
  assertEquals(stopped, [[3, "enough"], [4, "enough"]]);
});
