/** The caller's `AbortSignal`: whatever it was given to leaves no listener on it, however the wait ends. */

import { assertEquals, assertRejects } from "@std/assert";
import { TimeoutError, wait as waitForAny } from "../../mod.ts";
import { mp } from "../support/children.ts";
import { conform } from "../support/conform.ts";

/** A signal that counts who listens to it. */
class Watched {
  readonly controller: AbortController = new AbortController();
  readonly #listeners = new Set<unknown>();

  constructor() {
    const { signal } = this;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (type: string, listener: never, options?: never) => {
      this.#listeners.add(listener);
      addEventListener.call(signal, type, listener, options);
    };
    signal.removeEventListener = (type: string, listener: never, options?: never) => {
      this.#listeners.delete(listener);
      removeEventListener.call(signal, type, listener, options);
    };
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get listeners(): number {
    return this.#listeners.size;
  }
}

interface Waiting {
  signal: AbortSignal;
  timeout?: number;
}

/** Everything that waits, where there is nothing to wait for but the end of the wait. */
async function waitsOf(): Promise<Record<string, (options: Waiting) => Promise<unknown>>> {
  const lock = new mp.Lock();
  await lock.acquire();
  const semaphore = new mp.Semaphore(0);
  const condition = new mp.Condition();
  const event = new mp.Event();
  const queue = new mp.Queue<number>();
  const full = new mp.Queue<number>({ maxSize: 1 });
  await full.put(1);
  const joinable = new mp.JoinableQueue<number>();
  await joinable.put(1);
  const [line, other] = mp.Pipe();
  return {
    lock: (options) => lock.acquire(options),
    hold: (options) => lock.hold(options),
    semaphore: (options) => semaphore.acquire(options),
    condition: (options) => condition.withLock(() => condition.wait(options)),
    waitFor: (options) => condition.withLock(() => condition.waitFor(() => false, options)),
    event: (options) => event.wait(options),
    barrier: (options) => new mp.Barrier(2).wait(options),
    get: (options) => queue.get(options),
    put: (options) => full.put(2, options),
    join: (options) => joinable.join(options),
    recv: (options) => line.recv(options),
    poll: (options) => other.poll(options),
    wait: (options) => waitForAny([line, queue], options),
  };
}

conform("waits leave no listener on a signal, whether they time out or are aborted", async () => {
  for (const [name, wait] of Object.entries(await waitsOf())) {
    const late = new Watched();
    await wait({ signal: late.signal, timeout: 5 }).catch(() => {});
    assertEquals([name, late.listeners], [name, 0]);
    const aborted = new Watched();
    const waiting = wait({ signal: aborted.signal });
    const rejected = assertRejects(() => waiting, RangeError, "enough");
    setTimeout(() => aborted.controller.abort(new RangeError("enough")), 5);
    await rejected;
    assertEquals([name, aborted.listeners], [name, 0]);
  }
});

conform("waits that end well leave no listener on a signal", async () => {
  const watched = new Watched();
  const { signal } = watched;
  const queue = new mp.Queue<number>();
  const event = new mp.Event();
  const lock = new mp.Lock();
  await lock.acquire();
  const [line, other] = mp.Pipe<number>();
  const waits = [
    queue.get({ signal }),
    event.wait({ signal }),
    lock.acquire({ signal }),
    other.recv({ signal }),
  ];
  await queue.put(1);
  event.set();
  lock.release();
  await line.send(2);
  assertEquals(await Promise.all(waits), [1, true, true, 2]);
  assertEquals(watched.listeners, 0);
  const child = new mp.Process({ target: () => {} });
  await child.start();
  await child.join({ signal });
  assertEquals(watched.listeners, 0);
});

conform("calls of a pool leave no listener on a signal", async () => {
  await using pool = new mp.Pool(2);
  const watched = new Watched();
  const { signal } = watched;
  const square = (x: number) => x * x;
  assertEquals(await pool.apply(square, [2], { signal }), 4);
  assertEquals(await pool.map(square, [1, 2], { signal }), [1, 4]);
  for await (const x of pool.imap(square, [1, 2, 3], { signal })) if (x === 4) break;
  assertEquals(await pool.imapUnordered(square, [1], { signal }).next(), { done: false, value: 1 });
  const never = pool.applyAsync(() => new Promise(() => setInterval(() => {}, 1000)));
  await assertRejects(() => never.get({ signal, timeout: 5 }), TimeoutError);
  await assertRejects(
    () => pool.apply((text: string) => JSON.parse(text), ["{"], { signal }),
    SyntaxError,
  );
  never.cancel();
  assertEquals(await pool.apply(square, [3], { signal }), 9);
  await pool.terminate();
  assertEquals(watched.listeners, 0);
});
