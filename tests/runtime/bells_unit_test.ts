/** Doorbells as each runtime makes them: where nothing can be heard it is told, and once it can be, rings are heard again. */

import process from "node:process";
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { runtime } from "../../src/runtime/current.ts";

const timeout = 20_000;

/** Waits, with an event loop that stays although nothing of a bell keeps it. */
async function held<T>(promise: Promise<T>): Promise<T> {
  const hold = setTimeout(() => {}, timeout);
  try {
    return await promise;
  } finally {
    clearTimeout(hold);
  }
}

test("a bell that cannot listen tells, at once or later", { timeout }, async () => {
  const { promise: failed, resolve } = Promise.withResolvers<void>();
  try {
    runtime.bells.listen("/there is no such folder/bell", () => {}, resolve);
  } catch {
    resolve();
  }
  await held(failed);
});

/** The part of Deno's listeners that is used. */
interface FakeListener {
  accept(): Promise<unknown>;
  unref(): void;
  close(): void;
}

/** A listener that is without a descriptor for the first connections, and then has one that rings once. */
function failingListener(failures: number): FakeListener & { accepts: number } {
  return {
    accepts: 0,
    accept() {
      if (this.accepts++ < failures) return Promise.reject(new Error("Too many open files"));
      if (this.accepts > failures + 1) return new Promise(() => {});
      const reads = [1, null];
      return Promise.resolve({
        unref() {},
        close() {},
        read: () => Promise.resolve(reads.shift()),
      });
    },
    unref() {},
    close() {},
  };
}

test("a bell hears again after connections could not be taken", {
  timeout,
  skip: "deno" in process.versions ? false : "only Deno asks for each connection by itself",
}, async () => {
  const { Deno } = globalThis as unknown as { Deno: { listen: (options: unknown) => unknown } };
  const original = Deno.listen;
  const fake = failingListener(3);
  Deno.listen = () => fake;
  try {
    const { promise: rung, resolve } = Promise.withResolvers<void>();
    const listener = runtime.bells.listen("\0bell", resolve, () => {});
    await held(rung);
    listener.close();
    assertEquals(fake.accepts, 5);
  } finally {
    Deno.listen = original;
  }
});
