import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { PARTY_TABLE_BYTES, PartyTable } from "../../src/parties/party_table.ts";
import type { Bell } from "../../src/parties/bell.ts";
import { type Poller, Waker } from "../../src/parties/waker.ts";
import { Moment } from "../support/interleave.ts";
import { plainBlock } from "../support/plain_block.ts";

/** No party may spin: on a machine without cores everybody sleeps soon. */
const NO_CORES = 0;
/** Turns of the event loop after which whoever is asleep stays so. */
const MANY_TURNS = 60;

/** A clock that ticks when it is looked at, so that no limit depends on how fast this machine is. */
class TickingClock implements Disposable {
  readonly #original = performance.now;
  #now = 1000;

  constructor() {
    performance.now = () => this.#now += 0.2;
  }

  [Symbol.dispose](): void {
    performance.now = this.#original;
  }
}

/** Hears a ring only after it was asked to listen, and once, as the futex of a thread does. */
class FakeBell implements Bell {
  readonly #onRing: () => void;
  #listening = false;
  heard = 0;

  constructor(onRing: () => void) {
    this.#onRing = onRing;
  }

  /** Somebody else rings. */
  beRung(): void {
    if (!this.#listening) return;
    this.#listening = false;
    this.heard++;
    setImmediate(this.#onRing);
  }

  listen(): void {
    this.#listening = true;
  }

  ring(): void {}
  sent(): Promise<void> {
    return Promise.resolve();
  }
  watch(): void {}
  close(): void {}
}

/** A party that waits for a word to become 1, and another one that changes it. */
class Scene {
  readonly parties = new PartyTable(plainBlock(PARTY_TABLE_BYTES));
  readonly self: number = this.parties.claim(0);
  readonly word: Int32Array = plainBlock(8).words;
  readonly waker: Waker;
  bell!: FakeBell;
  seen = 0;

  constructor() {
    this.waker = new Waker(this.parties, this.self, NO_CORES, (onRing) => {
      this.bell = new FakeBell(onRing);
      return this.bell;
    });
  }

  readonly poller: Poller = {
    waiting: true,
    poll: () => {
      if (Atomics.exchange(this.word, 0, 0) !== 1) return false;
      this.seen++;
      return true;
    },
  };

  /** What another party does: change something first, then ring if that is its duty. */
  change(): void {
    Atomics.store(this.word, 0, 1);
    if (this.parties.takeRing(this.self)) this.bell.beRung();
  }
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

test("Waker passes nobody over where another one leaves while it is looked at", async () => {
  using _clock = new TickingClock();
  const scene = new Scene();
  const { waker, bell } = scene;
  const leaver: Poller = { waiting: true, poll: () => false };
  waker.add(leaver);
  waker.add(scene.poller);
  const listen = bell.listen.bind(bell);
  let heard = 0;
  // The last look before it sleeps is the only one to see what changes now: nobody rings for who is awake.
  bell.listen = () => {
    listen();
    if (heard++ > 0) return;
    scene.change();
    leaver.poll = () => {
      waker.remove(leaver);
      return false;
    };
  };
  await turns(MANY_TURNS);
  waker.close();
  assertEquals([heard > 0, scene.bell.heard, scene.seen], [true, 0, 1]);
});

test(
  "Waker sees a change that is made at any moment of lying down",
  { timeout: 60_000 },
  async () => {
    using _clock = new TickingClock();
    let slept = 0;
    for (let step = 0;; step++) {
      const scene = new Scene();
      scene.waker.add(scene.poller);
      using moment = new Moment(step, () => scene.change());
      await turns(MANY_TURNS);
      if (!moment.reached) {
        scene.waker.close();
        break;
      }
      assertEquals(scene.seen, 1, `step ${step}: the change was overlooked`);
      slept += scene.bell.heard;
      scene.waker.close();
    }
    assert(slept > 0, "never rung for: the test does not reach the moment of lying down");
  },
);

test(
  "Waker sees a change that is made at any moment of waking up",
  { timeout: 60_000 },
  async () => {
    using _clock = new TickingClock();
    for (let step = 0;; step++) {
      const scene = new Scene();
      scene.waker.add(scene.poller);
      await turns(MANY_TURNS);
      scene.change();
      assertEquals(scene.bell.heard, 1, "it did not sleep");
      using moment = new Moment(step, () => scene.change());
      await turns(MANY_TURNS);
      const { reached } = moment;
      scene.waker.close();
      if (!reached) break;
      assert(scene.seen >= 1, `step ${step}`);
      assertEquals(scene.word[0], 0, `step ${step}: the second change was overlooked`);
    }
  },
);

test(
  "Waker sees a change that is made at any moment of expect()",
  { timeout: 60_000 },
  async () => {
    using _clock = new TickingClock();
    for (let step = 0;; step++) {
      const scene = new Scene();
      scene.waker.add(scene.poller);
      await turns(MANY_TURNS);
      using moment = new Moment(step, () => scene.change());
      scene.waker.expect();
      await turns(MANY_TURNS);
      if (!moment.reached) {
        scene.waker.close();
        break;
      }
      assertEquals(scene.seen, 1, `step ${step}: the change was overlooked`);
      scene.waker.close();
    }
  },
);

test(
  "Waker hears every one of many changes, one after the other",
  { timeout: 60_000 },
  async () => {
    using _clock = new TickingClock();
    const scene = new Scene();
    scene.waker.add(scene.poller);
    for (let i = 1; i <= 50; i++) {
      await turns(i % 13);
      scene.change();
      await turns(MANY_TURNS);
      assertEquals(scene.seen, i);
    }
    scene.waker.close();
  },
);

test("Waker asks only those who wait", { timeout: 60_000 }, async () => {
  using _clock = new TickingClock();
  const scene = new Scene();
  let asked = 0;
  const idle: Poller = {
    waiting: false,
    poll: () => {
      asked++;
      return false;
    },
  };
  scene.waker.add(idle);
  scene.waker.add(scene.poller);
  scene.change();
  await turns(MANY_TURNS);
  assertEquals([scene.seen, asked], [1, 0]);
  scene.waker.close();
});

test(
  "Waker lets the others look when one of them removes itself",
  { timeout: 60_000 },
  async () => {
    using _clock = new TickingClock();
    const scene = new Scene();
    const once: Poller = {
      waiting: true,
      poll: () => {
        if (Atomics.load(scene.word, 0) !== 1) return false;
        scene.waker.remove(once);
        return true;
      },
    };
    scene.waker.add(once);
    scene.waker.add(scene.poller);
    await turns(MANY_TURNS);
    scene.change();
    await turns(MANY_TURNS);
    assertEquals(scene.seen, 1);
    scene.waker.close();
  },
);

test("Waker rings for a party that sleeps, and only then", async () => {
  const scene = new Scene();
  const rung: number[] = [];
  scene.bell.ring = (party?: number) => void rung.push(party!);
  const other = scene.parties.claim(0);
  scene.waker.notify(other);
  scene.parties.lieDown(other);
  scene.waker.notify(other);
  scene.waker.notify(other);
  assertEquals(rung, [other]);
  scene.waker.close();
  await turns(2);
});

test(
  "Waker keeps the event loop alive only as long as somebody waits",
  { timeout: 60_000 },
  async () => {
    using _clock = new TickingClock();
    const { setInterval: start, clearInterval: stop } = globalThis;
    const holds = new Set<unknown>();
    globalThis.setInterval = ((...args: Parameters<typeof start>) => {
      const timer = start(...args);
      holds.add(timer);
      return timer;
    }) as typeof start;
    globalThis.clearInterval = ((timer: Parameters<typeof stop>[0]) => {
      holds.delete(timer);
      stop(timer);
    }) as typeof stop;
    try {
      const scene = new Scene();
      scene.waker.add(scene.poller);
      await turns(MANY_TURNS);
      assertEquals(holds.size, 1, "asleep and waiting");
      scene.waker.remove(scene.poller);
      await turns(MANY_TURNS);
      assertEquals(holds.size, 0, "nobody waits any more");
      scene.waker.add(scene.poller);
      await turns(MANY_TURNS);
      assertEquals(holds.size, 1, "asleep and waiting again");
      scene.waker.close();
      assertEquals(holds.size, 0, "closed");
    } finally {
      Object.assign(globalThis, { setInterval: start, clearInterval: stop });
    }
  },
);
