import { test } from "node:test";
import { assertEquals, assertRejects } from "@std/assert";
import { TimeoutError } from "../../src/errors.ts";
import { limited, LONGEST_DELAY, NO_LIMIT, within } from "../../src/support/limit.ts";
import type { WaitOptions } from "../../src/support/options.ts";

/** What happens in a wait, and how many listeners its signal has. */
class Scene {
  readonly events: unknown[] = [];
  readonly abort = new AbortController();
  listeners = 0;

  constructor() {
    const { signal } = this.abort;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      this.listeners++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      this.listeners--;
      removeEventListener.apply(signal, args);
    };
  }

  limit(options: WaitOptions | undefined) {
    return limited(
      options,
      () => this.events.push("expired"),
      (reason) => this.events.push(reason),
    );
  }
}

const sleep = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

test("a limit tells that the time is over, and only after it was made", async () => {
  for (const timeout of [10, 0, -Infinity]) {
    const scene = new Scene();
    scene.limit({ timeout });
    assertEquals(scene.events, []);
    await sleep(50);
    assertEquals(scene.events, ["expired"]);
  }
});

test("a limit tells why its signal was aborted", () => {
  const scene = new Scene();
  scene.limit({ timeout: 60_000, signal: scene.abort.signal }).end();
  const limit = scene.limit({ signal: scene.abort.signal });
  scene.abort.abort("why");
  assertEquals(scene.events, ["why"]);
  limit.end();
});

test("a limit that has ended tells nothing, and leaves no listener behind", async () => {
  const scene = new Scene();
  const limit = scene.limit({ timeout: 10, signal: scene.abort.signal });
  assertEquals(scene.listeners, 1);
  limit.end();
  assertEquals(scene.listeners, 0);
  scene.abort.abort("why");
  await sleep(50);
  assertEquals(scene.events, []);
});

test("a wait without a limit costs nothing, and one of 24 days has none", async () => {
  const scene = new Scene();
  assertEquals(scene.limit(undefined), NO_LIMIT);
  assertEquals(scene.limit({}), NO_LIMIT);
  assertEquals(scene.limit({ timeout: LONGEST_DELAY }), NO_LIMIT);
  assertEquals(scene.limit({ timeout: Infinity }), NO_LIMIT);
  // A longer timer would fire at once.
  await sleep(20);
  assertEquals(scene.events, []);
});

test("a promise within a limit gives what it gives, or the reason why it was not waited for", async () => {
  const never = new Promise(() => {});
  const scene = new Scene();
  const { abort } = scene;
  const { signal } = abort;
  assertEquals(await within(Promise.resolve(1), { timeout: 10, signal }, "a number"), 1);
  assertEquals(scene.listeners, 0);
  await assertRejects(() => within(never, { timeout: 10 }, "a number"), TimeoutError, "a number");
  setTimeout(() => abort.abort(new RangeError("why")), 10);
  await assertRejects(() => within(never, { timeout: 60_000, signal }, "a number"), RangeError);
  await assertRejects(() => within(Promise.resolve(1), { signal }, "a number"), RangeError);
});
