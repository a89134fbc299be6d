/** Handles in children that have loaded nothing of the library: what arrives there brings its class along. */

import { assertEquals } from "@std/assert";
import { capture } from "../../mod.ts";
import { mp } from "../support/children.ts";
import { conform } from "../support/conform.ts";

/** One of each kind, in the order of their numbers. */
function oneOfEach(): object[] {
  const memory = new mp.SharedMemory({ create: true, size: 8 });
  const [connection] = mp.Pipe();
  return [
    new mp.Lock(),
    new mp.RLock(),
    new mp.Semaphore(1),
    new mp.BoundedSemaphore(1),
    new mp.Event(),
    new mp.Condition(),
    new mp.Barrier(2),
    connection,
    new Uint8Array(memory.buffer),
    mp.Array("i", [1, 2]),
    mp.RawArray("i", [1, 2]),
    mp.Value("i", 1),
    mp.RawValue("i", 1),
    memory,
    new mp.ShareableList([1, "two"]),
    new mp.Queue(),
    new mp.JoinableQueue(),
    new mp.SimpleQueue(),
  ];
}

conform("a handle of any kind arrives where its class is not known", async (note) => {
  await using pool = new mp.Pool(1);
  for (const handle of oneOfEach()) {
    const name = await pool.apply((given: object) => given.constructor.name, [handle]);
    assertEquals(name, handle.constructor.name);
    note(name);
  }
});

conform("handles of all kinds arrive in one message", async (note) => {
  await using pool = new mp.Pool(1);
  const handles = oneOfEach();
  const names = await pool.apply(
    (all: object[]) => all.map((given) => given.constructor.name),
    [handles],
  );
  assertEquals(names, handles.map((handle) => handle.constructor.name));
  note(names.length);
});

conform("a proxy arrives beside other handles, and is counted once", async (note) => {
  await using manager = await mp.Manager();
  await using pool = new mp.Pool(1);
  const list = await manager.list([1, 2]);
  const length = await pool.apply(
    async (lock: { acquire(): Promise<boolean>; release(): void }, given: typeof list) => {
      await lock.acquire();
      lock.release();
      await given.push(3);
      const found = await given.length();
      given.dispose();
      return found;
    },
    [new mp.Lock(), list],
  );
  assertEquals(length, 3);
  note(length);
  list.dispose();
  // A hold too many would keep it for ever.
  while ((await manager.stats()).objects > 0);
});

conform("a captured handle arrives with its function", async (note) => {
  await using pool = new mp.Pool(1);
  const event = new mp.Event();
  note(await pool.apply(capture({ event }, () => event.set())) === undefined);
  assertEquals(event.isSet(), true);
});
