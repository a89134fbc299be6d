/** `SharedMemory`: names, life and errors. */

import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { makeMemory, writeByName } from "../fixtures/shared_targets.ts";
import { mp } from "../support/children.ts";
import { conform } from "../support/conform.ts";

function failure(attempt: () => unknown): unknown {
  try {
    return attempt();
  } catch (error) {
    const { name, message, code } = error as Error & { code?: string };
    return { name, message, code };
  }
}

let names = 0;
function freshName(): string {
  return `allcores-test-${crypto.randomUUID().slice(0, 8)}-${++names}`;
}

conform("SharedMemory is found by its name until it is unlinked", (note) => {
  using memory = new mp.SharedMemory({ create: true, size: 10 });
  using other = new mp.SharedMemory({ name: memory.name });
  new Uint8Array(memory.buffer).fill(7);
  assert.deepEqual([...new Uint8Array(other.buffer)], Array(10).fill(7));
  assert.deepEqual([memory.size, other.size, memory.buffer.byteLength], [10, 10, 10]);
  memory.unlink();
  const gone = failure(() => new mp.SharedMemory({ name: memory.name })) as { code: string };
  assert.equal(new Uint8Array(other.buffer)[9], 7);
  const again = failure(() => other.unlink()) as { code: string };
  note([gone.code, again.code]);
});

conform("SharedMemory is a file that only this user can open", () => {
  const name = freshName();
  using memory = new mp.SharedMemory({ name, create: true, size: 3 });
  if (existsSync("/dev/shm")) {
    new Uint8Array(memory.buffer).set([1, 2, 3]);
    assert.equal(statSync(`/dev/shm/${name}`).mode & 0o777, 0o600);
    assert.deepEqual([...readFileSync(`/dev/shm/${name}`)], [1, 2, 3]);
  }
  memory.unlink();
});

conform("SharedMemory refuses what cannot be, by name", (note) => {
  const name = freshName();
  using memory = new mp.SharedMemory({ name, create: true, size: 1 });
  const found = [
    failure(() => new mp.SharedMemory({ name, create: true, size: 1 })),
    failure(() => new mp.SharedMemory({ name: `${name}-none` })),
  ].map((error) => JSON.parse(JSON.stringify(error).replaceAll(name, "NAME")));
  assert.deepEqual(found.map(({ code }) => code), ["EEXIST", "ENOENT"]);
  memory.unlink();
  note([
    ...found,
    failure(() => new mp.SharedMemory({})),
    failure(() => new mp.SharedMemory({ create: true })),
    failure(() => new mp.SharedMemory({ create: true, size: -1 })),
    failure(() => new mp.SharedMemory({ create: true, size: "1" as never })),
    failure(() => new mp.SharedMemory({ name: "a/b", create: true, size: 1 })),
    failure(() => new mp.SharedMemory({ name: "", create: true, size: 1 })),
    failure(() => new mp.SharedMemory({ name: 5 as never })),
    failure(() => new mp.SharedMemory()),
    failure(() => new mp.SharedMemory({ create: true, name: "a\0b", size: 1 })),
    failure(() => new mp.SharedMemory({ create: true, name: "x".repeat(201), size: 1 })),
    ...[null, "name", 5, [], () => {}, { create: 1 }, { create: true, sice: 1 }].map((options) =>
      failure(() => new mp.SharedMemory(options as never))
    ),
    ...[0, 1.5, NaN, Infinity, "5", 5n, null, 2 ** 53].map((size) =>
      failure(() => new mp.SharedMemory({ create: true, size: size as never }))
    ),
    failure(() => new mp.SharedMemory({ name, size: "1" as never })),
  ]);
});

conform("SharedMemory after close() throws, and views that remain stay usable", () => {
  const memory = new mp.SharedMemory({ create: true, size: 8 });
  const view = new Uint8Array(memory.buffer);
  memory.close();
  memory.close();
  assert.throws(() => memory.buffer, /it is closed/);
  view[0] = 1;
  assert.equal(view[0], 1);
  memory.unlink();
});

conform("SharedMemory and views of it are the same memory in a worker", async (note) => {
  using memory = new mp.SharedMemory({ create: true, size: 16 });
  const view = new Int32Array(memory.buffer, 8, 1);
  await using pool = new mp.Pool(1);
  await pool.apply((words: Int32Array) => void Atomics.add(words, 0, 9), [view]);
  await pool.apply(writeByName, [memory.name]);
  const seen = await pool.apply(
    (given: { buffer: ArrayBuffer }) => new Uint8Array(given.buffer)[8],
    [memory as never],
  );
  note([view[0], new Uint8Array(memory.buffer)[0], seen]);
  assert.equal(view[0], 9);
  memory.unlink();
});

conform("SharedMemory that a worker created outlives the worker", async (note) => {
  let name: string;
  {
    await using pool = new mp.Pool(1);
    name = await pool.apply(makeMemory, []);
  }
  using memory = new mp.SharedMemory({ name });
  note(memory.size);
  memory.unlink();
});
