/** Waiting for the end of a process: `join()`, `sentinel` and `isAlive()`. */

import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { activeChildren, ProcessError, SerializationError } from "../../mod.ts";
import * as targets from "../fixtures/process_targets.ts";
import { mp, runToEnd } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { ended, waiting } from "../support/process_states.ts";

conform("join() may be called many times, at once and afterwards", async (note) => {
  const child = new mp.Process({ target: targets.exitLater, args: [2] });
  await child.start();
  const codes = await Promise.all([child.join(), child.join(), child.join({ timeout: 20_000 })]);
  note([...codes, await child.join(), await child.join({ timeout: 0 })]);
  assertEquals(codes, [2, 2, 2]);
});

conform("join() with a timeout gives null while the child runs", async (note) => {
  const child = await waiting();
  const results = [
    await child.join({ timeout: 20 }),
    await child.join({ timeout: 0 }),
    await child.join({ timeout: -5 }),
  ];
  assertEquals(results, [null, null, null]);
  assertEquals([child.isAlive(), child.exitCode], [true, null]);
  child.kill();
  assertEquals(await child.join({ timeout: Infinity }), -9);
  note(results);
});

conform(
  "join() with a signal rejects with its reason, and the child can be joined again",
  async (note) => {
    const child = await waiting();
    const reason = new RangeError("enough");
    await assertRejects(
      () => child.join({ signal: AbortSignal.abort(reason) }),
      RangeError,
      "enough",
    );
    const controller = new AbortController();
    const joined = child.join({ signal: controller.signal, timeout: 20_000 });
    controller.abort(reason);
    await assertRejects(() => joined, RangeError, "enough");
    child.kill();
    note(await child.join({ signal: new AbortController().signal }));
  },
);

conform("join() before the start is refused", async (note) => {
  const child = new mp.Process({ target: () => {}, name: "P" });
  const error = await assertRejects(() => child.join(), ProcessError);
  note(error.message);
  assertEquals(await runToEnd(child), 0);
});

conform("join() refuses options that it does not understand", async (note) => {
  const child = await ended();
  for (const options of [5, null, { timeout: "1" }, { timeout: NaN }, { signal: {} }]) {
    const error = await assertRejects(() => child.join(options as { timeout: number }), TypeError);
    note(error.message);
  }
  assertEquals(await child.join(), 0);
});

conform("sentinel becomes ready when the child ends, and stays so", async (note) => {
  const child = new mp.Process({ target: targets.wait });
  assertThrows(() => child.sentinel, ProcessError);
  await child.start();
  const { sentinel } = child;
  assertStrictEquals(child.sentinel, sentinel);
  const before = [
    sentinel.ready,
    await sentinel.wait({ timeout: 0 }),
    await sentinel.wait({ timeout: 10 }),
  ];
  await assertRejects(
    () => sentinel.wait({ signal: AbortSignal.abort(new RangeError("no")) }),
    RangeError,
  );
  await assertRejects(() => sentinel.wait({ timeout: "1" as unknown as number }), TypeError);
  child.terminate();
  const after = [await sentinel.wait(), sentinel.ready, await sentinel.wait({ timeout: 0 })];
  assertEquals([before, after], [[false, false, false], [true, true, true]]);
  await child.join();
  note([before, after]);
});

conform("isAlive() is true from the start to the end", async (note) => {
  const child = new mp.Process({ target: targets.wait });
  const states = [child.isAlive()];
  await child.start();
  states.push(child.isAlive());
  child.kill();
  await child.join();
  states.push(child.isAlive());
  assertEquals(states, [false, true, false]);
  note(states);
});

conform("join() waits for a start that nobody awaits, and is told when it fails", async (note) => {
  const child = new mp.Process({ target: targets.setExitCode, args: [3] });
  const started = child.start();
  note(await child.join());
  await started;
  const failing = new mp.Process({ target: targets.setExitCode, args: [Symbol("x") as never] });
  const refused = assertRejects(() => failing.start(), SerializationError);
  note((await assertRejects(() => failing.join(), SerializationError)).message);
  await refused;
});

conform("nothing is left", () => {
  assertEquals(activeChildren(), []);
});
