/** Doorbells over lines that end while both sides live: a line is no proof of anything. */

import { mock, test } from "node:test";
import { assertEquals } from "@std/assert";
import { type Neighbours, SocketBell } from "../../src/parties/socket_bell.ts";
import type { BellHost, Listener, Wire } from "../../src/runtime/bells.ts";

/** A host whose lines and listeners fail on demand. */
class FailingHost implements BellHost {
  readonly abstractNames = true;
  /** How many of the next connections end at once, and of the next tries to listen fail. */
  deafFor = 0;
  refusals = 0;
  connections = 0;
  /** Whom a ring has reached. */
  readonly heard: string[] = [];
  readonly listening: string[] = [];
  /** Ends the last line; what it was given just before may be lost. */
  endLast: () => void = () => {};
  #losesRings = false;

  listen(name: string, onRing: () => void, onFail: () => void): Listener {
    if (this.deafFor-- > 0) {
      if (this.deafFor % 2 === 0) throw new Error("EMFILE");
      queueMicrotask(onFail);
    } else this.listening.push(name);
    void onRing;
    return { close: () => {} };
  }

  connect(name: string, onEnd: () => void): Wire {
    this.connections++;
    if (this.refusals-- > 0) {
      queueMicrotask(onEnd);
      return { ring: () => {}, sent: () => Promise.resolve(), close: () => {} };
    }
    this.endLast = onEnd;
    return {
      ring: () => void (this.#losesRings || this.heard.push(name)),
      sent: () => Promise.resolve(),
      close: () => {},
    };
  }

  loseRings(lost: boolean): void {
    this.#losesRings = lost;
  }
}

/** A party's bell, with others that live or do not, and are rung for or not. */
class Scene {
  readonly host = new FailingHost();
  readonly dead = new Set<number>();
  readonly rung = new Set<number>();
  looks = 0;
  readonly bell: SocketBell;

  constructor(prepare: (host: FailingHost) => void = () => {}) {
    prepare(this.host);
    const neighbours: Neighbours = {
      nameOf: (party) => `party ${party}`,
      isAlive: (party) => !this.dead.has(party),
      isRung: (party) => this.rung.has(party),
    };
    this.bell = new SocketBell(this.host, 1, neighbours, () => this.looks++);
  }

  ring(party: number): void {
    this.rung.add(party);
    this.bell.ring(party);
  }
}

/** Lets microtasks run, then timers of so many milliseconds. */
async function pass(time: number): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
  mock.timers.tick(time);
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

function timed(name: string, body: () => Promise<void>): void {
  test(name, { timeout: 20_000 }, async () => {
    mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
    try {
      await body();
    } finally {
      mock.timers.reset();
    }
  });
}

timed("a line that ends while the other side lives is no death, and is made again", async () => {
  const scene = new Scene();
  let ends = 0;
  scene.bell.watch(2, () => ends++);
  for (let i = 0; i < 20; i++) {
    scene.host.endLast();
    await pass(1000);
  }
  assertEquals([ends, scene.host.connections], [0, 21]);
  scene.dead.add(2);
  scene.host.endLast();
  assertEquals(ends, 1);
  await pass(5000);
  assertEquals([ends, scene.host.connections], [1, 21]);
});

timed("a death is noticed that comes after the end of the line", async () => {
  const scene = new Scene();
  let ends = 0;
  scene.bell.watch(2, () => ends++);
  scene.host.endLast();
  assertEquals(ends, 0);
  scene.dead.add(2);
  await pass(1);
  assertEquals(ends, 1);
});

timed(
  "a party looks without a ring once a second: one without a descriptor hears none",
  async () => {
    const scene = new Scene();
    await pass(999);
    assertEquals(scene.looks, 0);
    await pass(1);
    await pass(2000);
    assertEquals(scene.looks, 3);
    scene.bell.close();
    await pass(5000);
    assertEquals(scene.looks, 3);
  },
);

timed("who has ended before it is watched is told as ended", async () => {
  const scene = new Scene();
  scene.dead.add(2);
  let ends = 0;
  scene.bell.watch(2, () => ends++);
  await pass(0);
  assertEquals(ends, 1);
});

timed("a ring that could not be sent is sent as soon as there is a line", async () => {
  const scene = new Scene();
  scene.host.refusals = 5;
  scene.ring(2);
  let isSent = false;
  void scene.bell.sent(2).then(() => isSent = true);
  for (let i = 0; i < 4; i++) await pass(2 ** i);
  assertEquals([scene.host.heard, isSent], [[], false]);
  await pass(1000);
  assertEquals([scene.host.heard, isSent], [["party 2"], true]);
});

timed("a ring that was lost with its line is sent again, and none that was heard", async () => {
  const scene = new Scene();
  scene.host.loseRings(true);
  scene.ring(2);
  scene.host.loseRings(false);
  scene.host.endLast();
  await pass(1);
  assertEquals(scene.host.heard, ["party 2"]);
  scene.rung.delete(2);
  scene.host.endLast();
  await pass(2000);
  assertEquals(scene.host.heard, ["party 2"]);
});

timed("who owes a ring to somebody that ends waits for nothing", async () => {
  const scene = new Scene();
  scene.host.refusals = 3;
  scene.ring(2);
  const sent = scene.bell.sent(2);
  await pass(0);
  scene.dead.add(2);
  await pass(1000);
  await sent;
  assertEquals(scene.host.heard, []);
});

timed("a bell that cannot listen tries again, and looks meanwhile", async () => {
  const scene = new Scene((host) => host.deafFor = 5);
  assertEquals([scene.host.listening, scene.looks], [[], 0]);
  for (let i = 0; i < 5; i++) await pass(1000);
  assertEquals([scene.host.listening, scene.looks], [["party 1"], 5]);
  scene.bell.close();
  await pass(5000);
  assertEquals(scene.host.listening, ["party 1"]);
});
