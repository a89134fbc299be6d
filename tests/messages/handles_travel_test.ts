/** Every handle, by every way on which values travel: it arrives as the same object, with all that it can do. */

import process from "node:process";
import { assertEquals, assertRejects } from "@std/assert";
import { setExecutable } from "../../mod.ts";
import { executable, runtimeNames } from "../../scripts/support/runtimes.ts";
import * as targets from "../fixtures/handle_targets.ts";
import { mp, runToEnd } from "../support/children.ts";
import { conform } from "../support/conform.ts";

const own = "deno" in process.versions ? "deno" : "bun" in process.versions ? "bun" : "node";

type Given = Parameters<typeof targets.useAll>[0];

/** Gives one of everything away, and looks at the traces of what was done with it. */
async function deliver(
  note: (value: unknown) => void,
  send: (given: Given) => Promise<unknown>,
): Promise<void> {
  const [line, far] = mp.Pipe<string, string>();
  const parts: Given["parts"] = {
    lock: new mp.Lock(),
    rlock: new mp.RLock(),
    semaphore: new mp.Semaphore(0),
    bounded: new mp.BoundedSemaphore(1),
    condition: new mp.Condition(),
    event: new mp.Event(),
    barrier: new mp.Barrier(2),
    queue: new mp.Queue<string>(),
    simple: new mp.SimpleQueue<string>(),
    joinable: new mp.JoinableQueue<string>(),
    value: mp.Value("i", 1),
    rawValue: mp.RawValue("i", 1),
    array: mp.Array("d", [0, 1]),
    rawArray: mp.RawArray("int32", 2),
    memory: new mp.SharedMemory({ create: true, size: 8 }),
    list: new mp.ShareableList(["four", 5]),
    line: far,
  };
  for (const lock of [parts.lock, parts.rlock, parts.bounded]) await lock.acquire();
  for (const queue of [parts.queue, parts.simple, parts.joinable]) await queue.put("there");
  await parts.condition.acquire();
  const notified = parts.condition.wait().finally(() => parts.condition.release());
  const met = parts.barrier.wait();
  await line.send("there");
  await send({ parts, again: [parts.lock] });
  assertEquals([await notified, await parts.event.wait(), typeof await met], [
    true,
    true,
    "number",
  ]);
  const { semaphore, bounded, lock, rlock } = parts;
  assertEquals([semaphore.getValue(), bounded.getValue(), lock.locked(), rlock.locked()], [
    2,
    1,
    false,
    true,
  ]);
  const texts = [await parts.queue.get(), await parts.simple.get(), await parts.joinable.get()];
  parts.joinable.taskDone();
  await parts.joinable.join();
  assertEquals([...texts, await line.recv()], Array(4).fill("there and back"));
  const shared = [
    parts.value.value,
    parts.rawValue.value,
    [...parts.array],
    [...parts.rawArray],
    new Uint8Array(parts.memory.buffer)[3],
    [...parts.list],
  ];
  assertEquals(shared, [2, 3, [0, 1.5], [0, 3], 4, ["five", 5]]);
  note(shared);
  parts.memory.close();
  parts.memory.unlink();
  parts.list.shm.close();
  parts.list.shm.unlink();
}

conform("every handle reaches a child as an argument", async (note) => {
  await deliver(note, async (given) => {
    assertEquals(await runToEnd(new mp.Process({ target: targets.useAll, args: [given] })), 0);
  });
});

conform("every handle reaches a grandchild", async (note) => {
  await deliver(note, async (given) => {
    assertEquals(await runToEnd(new mp.Process({ target: targets.passAll, args: [given] })), 0);
  });
});

conform("every handle reaches the task of a pool", async (note) => {
  await using pool = new mp.Pool(1);
  await deliver(note, (given) => pool.apply(targets.useAll, [given]));
});

conform("every handle reaches the initializer of a pool", async (note) => {
  await deliver(note, async (given) => {
    await using pool = new mp.Pool({
      processes: 1,
      initializer: targets.keepAll,
      initArgs: [given],
    });
    await pool.apply(targets.useKept);
  });
});

conform("every handle travels through a queue", async (note) => {
  const queue = new mp.Queue<Given>();
  const child = new mp.Process({ target: targets.useReceived, args: [queue] });
  await child.start();
  await deliver(note, async (given) => {
    await queue.put(given);
    assertEquals(await child.join(), 0);
  });
});

conform("every handle travels through a pipe", async (note) => {
  const [here, there] = mp.Pipe<Given>();
  const child = new mp.Process({ target: targets.useReceived, args: [there as never] });
  await child.start();
  await deliver(note, async (given) => {
    await here.send(given);
    assertEquals(await child.join(), 0);
  });
});

for (const runtime of runtimeNames) {
  setExecutable(executable(runtime), { runtime });

  conform(`every handle reaches a child on ${runtime}`, async (note) => {
    await deliver(note, async (given) => {
      const child = new mp.Process({ runtime, target: targets.useAll, args: [given] });
      assertEquals(await runToEnd(child), 0);
    });
  }, {
    skip: mp.capabilities.otherRuntime || runtime === own
      ? false
      : "a thread runs on its process's runtime (otherRuntime)",
  });
}

conform("memory that was closed is refused where it is sent, by name", async (note) => {
  await using pool = new mp.Pool(1);
  const memory = new mp.SharedMemory({ create: true, size: 8 });
  const list = new mp.ShareableList([1]);
  memory.unlink();
  list.shm.unlink();
  memory.close();
  list.shm.close();
  for (const closed of [memory, list, list.shm]) {
    const error = await assertRejects(() => pool.apply((_given: unknown) => 0, [closed]), Error);
    note([
      error.name,
      error.message.replaceAll(memory.name, "NAME").replaceAll(list.shm.name, "NAME"),
    ]);
  }
  assertEquals(await pool.apply((x: number) => x + 1, [1]), 2);
});
