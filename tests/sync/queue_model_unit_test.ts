/**
 * The queue with a death at every step of everything that a party does with it: it must be as if the party had died just before,
 * or just after it had done it; and nothing may be left in its hands.
 */

import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import type { Extension, Views } from "../../src/sync/block.ts";
import type { Claim } from "../../src/sync/claims.ts";
import { NO_HAND } from "../../src/sync/hands.ts";
import { initQueue, Outcome, QUEUE_BYTES, SharedQueue } from "../../src/sync/shared_queue.ts";
import type { Given, Taken } from "../../src/sync/item_store.ts";
import { killAt } from "../support/death.ts";

const VICTIM = 1;
const SURVIVOR = 9;
/** Bytes of items; several of the large ones fill a segment. */
const TINY = 4;
const HALF = 30_000;
/** The numbers of the first items that carry something; those that were never put have not left either. */
const CARRYING = [1, 2, 3];

/** Places of ordinary memory, which know whether they are in use. */
class PlainExtension implements Extension {
  readonly canFreeTwice: boolean;
  readonly rooms = new Map<number, Views>();
  readonly created = new Set<number>();
  readonly freed = new Set<number>();
  #last = 0;

  constructor(canFreeTwice: boolean) {
    this.canFreeTwice = canFreeTwice;
  }

  choose(size: number): number {
    const buffer = new SharedArrayBuffer(size);
    this.rooms.set(++this.#last, { bytes: new Uint8Array(buffer), words: new Int32Array(buffer) });
    return this.#last;
  }

  create(place: number): Views {
    this.created.add(place);
    return this.open(place);
  }

  open(place: number): Views {
    assert(!this.freed.has(place), `place ${place} is used after it was freed`);
    return this.rooms.get(place)!;
  }

  free(place: number): void {
    assert(this.canFreeTwice || !this.freed.has(place), `place ${place} is freed twice`);
    this.freed.add(place);
  }

  /** What was created and never freed; a place that was only chosen holds no memory as a rule. */
  get used(): number[] {
    return [...this.created].filter((place) => !this.freed.has(place));
  }
}

interface Setting {
  readonly most?: number;
  readonly countsTasks?: boolean;
  /** What others have done before. */
  readonly before?: (world: World) => void;
  /** What the victim does. */
  readonly act: (world: World, victim: Party) => void;
}

/** One party. */
class Party {
  readonly id: number;
  readonly queue: SharedQueue;
  readonly #world: World;

  constructor(world: World, id: number) {
    this.id = id;
    this.#world = world;
    const isDead = (party: number) => world.dead.has(party);
    this.queue = new SharedQueue(world.words, world.extension, id, isDead);
  }

  /** What a monitor does. */
  enter<T>(section: (member: number, wake: (member: number) => void) => T): T {
    const { latch, members } = this.queue;
    const wake = () => {};
    while (!latch.tryEnter());
    if (latch.isInherited) this.queue.balance(wake);
    for (const member of [...members]) {
      if (this.#world.dead.has(members.party(member))) this.queue.bury(member, wake);
    }
    const result = section(members.enter(this.id), wake);
    latch.leave();
    return result;
  }

  put(item: number, size: number = TINY, carries: boolean = false): number {
    const given = toGiven(item, size, carries);
    return this.enter((member, wake) => this.queue.put(given, member, false, wake));
  }

  putLarge(item: number, carries: boolean = false): number {
    const size = 200_000;
    const place = this.#world.extension.choose(size);
    const claim = this.enter((member) => this.queue.claim(member, { place, size }));
    this.#world.extension.create(place).bytes.set(toBytes(item, TINY));
    const given = { bytes: new Uint8Array(0), size, claim, carries };
    return this.enter((member, wake) => this.queue.put(given, member, false, wake));
  }

  putOffered(item: number): number {
    const given = toGiven(item, TINY, false);
    return this.enter((member, wake) => {
      this.queue.producers.takeOne(member);
      return this.queue.put(given, member, true, wake);
    });
  }

  take(isPromised: boolean = false): number | null {
    const taken: Taken = { bytes: new Uint8Array(0), size: 0, claim: null, hand: NO_HAND };
    const outcome = this.enter((member, wake) => {
      if (isPromised) this.queue.consumers.takeOne(member);
      return this.queue.take(taken, member, isPromised, wake);
    });
    this.sweep();
    if (outcome !== Outcome.done) return null;
    const { claim } = taken;
    const bytes = claim === null ? taken.bytes : this.#world.extension.open(claim.place).bytes;
    const item = bytes[0] + 256 * bytes[1];
    if (claim !== null) this.discard([claim]);
    const { hand } = taken;
    if (hand !== NO_HAND) this.enter((member) => this.queue.hands.letGo(member, hand));
    return item;
  }

  sweep(): void {
    this.discard(this.queue.garbage.splice(0));
  }

  discard(claims: readonly Claim[]): void {
    this.queue.discard(claims, (section) => this.enter(section));
  }

  shutDown(isImmediate: boolean): void {
    this.enter((_, wake) => this.queue.shutDown(isImmediate, wake));
  }
}

function toGiven(item: number, size: number, carries: boolean): Given {
  return { bytes: toBytes(item, size), size, claim: null, carries };
}

function toBytes(item: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes[0] = item & 255;
  bytes[1] = item >> 8;
  return bytes;
}

/** A queue, and those who use it. */
class World {
  readonly words: Int32Array = new Int32Array(new SharedArrayBuffer(QUEUE_BYTES));
  readonly extension: PlainExtension;
  readonly dead = new Set<number>();
  readonly #parties = new Map<number, Party>();

  constructor({ most = 0, countsTasks = false, before }: Setting, canFreeTwice: boolean) {
    this.extension = new PlainExtension(canFreeTwice);
    initQueue(this.words, most, countsTasks);
    before?.(this);
  }

  party(id: number): Party {
    let party = this.#parties.get(id);
    if (party === undefined) this.#parties.set(id, party = new Party(this, id));
    return party;
  }

  /** What the survivors see: as they find it, and when they have taken everything. */
  aftermath(): string {
    const survivor = this.party(SURVIVOR);
    const { queue } = survivor;
    const seen = survivor.enter(() => this.#inspect(queue));
    const items: number[] = [];
    for (const id of [2, 3, 4]) {
      const party = this.party(id);
      while (party.enter((member) => queue.consumers.granted(member)) > 0) {
        items.push(party.take(true) ?? -1);
      }
    }
    for (let item = survivor.take(); item !== null; item = survivor.take()) items.push(item);
    assertEquals(queue.count, 0);
    for (const number of CARRYING) {
      assertEquals(queue.hands.receiverOf(number, (party) => this.dead.has(party)), 0);
    }
    survivor.enter(() => [...queue.members].forEach((member) => queue.claims.bury(member)));
    // A block is forgotten first and freed then, so one may stay until the queue's end.
    const lost = this.dead.has(VICTIM) && !this.extension.canFreeTwice ? 1 : 0;
    assert(this.extension.used.length <= lost + 1, `besides a segment: ${this.extension.used}`);
    return JSON.stringify({ seen, items });
  }

  #inspect(queue: SharedQueue): unknown {
    const { consumers, producers, joiners, members } = queue;
    const granted = (of: typeof consumers) =>
      [...members].reduce((sum, member) => sum + of.granted(member), 0);
    assertEquals(queue.count - queue.available, granted(consumers), "promises");
    assertEquals(queue.hasOffers, granted(producers) > 0, "offers");
    assert(queue.available === 0 || consumers.length === 0, "items and waiting consumers");
    assert(queue.isFull || queue.isShut || producers.length === 0, "room and waiting producers");
    return {
      count: queue.count,
      unfinished: queue.unfinished,
      isLost: queue.isLost,
      isShut: queue.isShut,
      haveLeft: CARRYING.filter((number) => !queue.hands.isWaiting(number)),
      waiting: [consumers.length, producers.length, joiners.length],
      granted: [granted(consumers), granted(producers), granted(joiners)],
    };
  }
}

const waits = (of: "consumers" | "producers" | "joiners" | "watchers", ...ids: number[]) => {
  return (world: World) => {
    for (const id of ids) {
      const { queue } = world.party(id);
      world.party(id).enter((member) => queue[of].join(member));
    }
  };
};

const puts = (...items: number[]) => (world: World) => {
  for (const item of items) world.party(5).put(item);
};

const carries = (...items: number[]) => (world: World) => {
  for (const item of items) world.party(5).put(item, TINY, true);
};

const all = (...steps: ((world: World) => void)[]) => (world: World) => {
  for (const step of steps) step(world);
};

const SETTINGS: Record<string, Setting> = {
  "puts the first item": { act: (_, victim) => victim.put(1) },
  "puts an item": { before: puts(1, 2), act: (_, victim) => victim.put(3) },
  "puts an item for which there is no segment": {
    before: (world) => [1, 2].forEach((item) => world.party(5).put(item, HALF)),
    act: (_, victim) => victim.put(3, HALF),
  },
  "puts a large item": { before: puts(1), act: (_, victim) => victim.putLarge(2) },
  "puts a large item first": { act: (_, victim) => victim.putLarge(2) },
  "puts an item for one that waits": {
    before: waits("consumers", 2, 3),
    act: (_, victim) => victim.put(1),
  },
  "puts an item for those who watch": {
    before: waits("watchers", 2, 3, 4),
    act: (_, victim) => victim.put(1),
  },
  "uses the room that it was offered": {
    most: 1,
    before: all(puts(1), waits("producers", VICTIM, 2), (world) => world.party(4).take()),
    act: (_, victim) => victim.putOffered(2),
  },
  "waits for an item": {
    before: waits("consumers", 2),
    act: (_, victim) => victim.enter((member) => victim.queue.consumers.join(member)),
  },
  "gives up waiting for an item": {
    before: waits("consumers", 2, VICTIM, 3),
    act: (_, victim) => victim.enter((member) => void victim.queue.consumers.leave(member)),
  },
  "takes an item": { before: puts(1, 2), act: (_, victim) => victim.take() },
  "takes the last item": { before: puts(1), act: (_, victim) => victim.take() },
  "takes an item, and counts it": {
    countsTasks: true,
    before: all(puts(1, 2), waits("joiners", 3)),
    act: (_, victim) => victim.take(),
  },
  "takes the item that it was promised": {
    before: all(waits("consumers", VICTIM, 2), puts(1)),
    act: (_, victim) => victim.take(true),
  },
  "takes a large item": {
    before: (world) => [1, 2].forEach((item) => world.party(5).putLarge(item)),
    act: (_, victim) => victim.take(),
  },
  "puts an item that carries something": {
    before: carries(1),
    act: (_, victim) => victim.put(2, TINY, true),
  },
  "takes an item that carries something": {
    before: carries(1, 2),
    act: (_, victim) => victim.take(),
  },
  "takes a large item that carries something": {
    before: (world) => [1, 2].forEach((item) => world.party(5).putLarge(item, true)),
    act: (_, victim) => victim.take(),
  },
  "cuts off what carries something": {
    before: all(carries(1, 2), (world) => world.party(7).take(), puts(3), carries(4)),
    act: (_, victim) => victim.shutDown(true),
  },
  "takes the first item of the next segment": {
    before: (world) => {
      for (const item of [1, 2, 3, 4]) world.party(5).put(item, HALF);
      world.party(4).take();
      world.party(4).take();
    },
    act: (_, victim) => victim.take(),
  },
  "makes room for those who wait": {
    most: 2,
    before: all(puts(1, 2), waits("producers", 2, 3)),
    act: (_, victim) => victim.take(),
  },
  "reports a task done": {
    countsTasks: true,
    before: all(puts(1, 2), (world) => world.party(VICTIM).take(), waits("joiners", 2)),
    act: (_, victim) => victim.enter((member, wake) => victim.queue.taskDone(member, wake)),
  },
  "reports the last task done": {
    countsTasks: true,
    before: all(puts(1), (world) => world.party(VICTIM).take(), waits("joiners", 2, 3, 4)),
    act: (_, victim) => victim.enter((member, wake) => victim.queue.taskDone(member, wake)),
  },
  "shuts down": {
    most: 2,
    before: all(puts(1, 2), waits("producers", 2, 3, 4)),
    act: (_, victim) => victim.shutDown(false),
  },
  "shuts down what is empty": {
    before: all(waits("consumers", 2, 3, 4), waits("watchers", 2, 3)),
    act: (_, victim) => victim.shutDown(false),
  },
  "cuts off": {
    most: 9,
    countsTasks: true,
    before: all(
      waits("consumers", 2),
      puts(1, 2),
      (world) => world.party(5).putLarge(3),
      (world) => [4, 5, 6, 7].forEach((item) => world.party(5).put(item, HALF)),
      waits("joiners", 4),
      puts(8, 9, 10),
      waits("producers", 3),
    ),
    act: (_, victim) => victim.shutDown(true),
  },
  "buries another that held all kinds of things": {
    most: 3,
    countsTasks: true,
    before: all(
      puts(1, 2),
      (world) => world.party(7).take(),
      (world) => world.party(7).take(),
      waits("consumers", 7, 2, 7),
      waits("joiners", 3),
      puts(3, 4),
      (world) =>
        world.party(7).enter((member) => {
          const place = world.extension.choose(64);
          world.extension.create(place);
          world.party(7).queue.claim(member, { place, size: 64 });
        }),
      (world) => world.dead.add(7),
    ),
    act: (_, victim) => victim.enter(() => {}),
  },
};

/** What is seen when the victim is killed before a step of what it does. */
function see(setting: Setting, step: number, canFreeTwice: boolean): [string, boolean] {
  const world = new World(setting, canFreeTwice);
  const victim = world.party(VICTIM);
  const killed = killAt(step, () => setting.act(world, victim));
  world.dead.add(VICTIM);
  return [world.aftermath(), killed];
}

for (const [name, setting] of Object.entries(SETTINGS)) {
  for (const canFreeTwice of [true, false]) {
    const kind = canFreeTwice ? "parts" : "blocks";
    test(`SharedQueue, killed at any step: a party ${name} (${kind})`, () => {
      const [before] = see(setting, 0, canFreeTwice);
      const [after] = see(setting, Infinity, canFreeTwice);
      for (let step = 0;; step++) {
        const [seen, killed] = see(setting, step, canFreeTwice);
        assert([before, after].includes(seen), `step ${step}: ${seen}\n${before}\n${after}`);
        if (!killed) break;
      }
    });
  }
}

test("an item is in the hand of whoever took it until that one lets go of it or dies, however many it has", () => {
  const world = new World({ act: () => {} }, true);
  const isDead = (party: number) => world.dead.has(party);
  const take = (party: Party): number => {
    const taken: Taken = { bytes: new Uint8Array(0), size: 0, claim: null, hand: NO_HAND };
    party.enter((member, wake) => party.queue.take(taken, member, false, wake));
    return taken.hand;
  };
  const numbers = Array.from({ length: 10 }, (_, index) => index + 1);
  carries(...numbers)(world);
  const [one, two, survivor] = [2, 3, SURVIVOR].map((id) => world.party(id));
  const { hands } = survivor.queue;
  const receivers = () => numbers.map((number) => hands.receiverOf(number, isDead));
  assertEquals(numbers.filter((number) => hands.isWaiting(number)), numbers);
  const held = [1, 2, 3].map(() => take(one));
  const others = [4, 5, 6, 7].map(() => take(two));
  assertEquals(receivers(), [2, 2, 2, 3, 3, 3, 3, 0, 0, 0]);
  assertEquals(numbers.filter((number) => hands.isWaiting(number)), [8, 9, 10]);
  one.enter((member) => one.queue.hands.letGo(member, held[1]));
  assertEquals(receivers(), [2, 0, 2, 3, 3, 3, 3, 0, 0, 0]);
  // One that has more than are noted may have any of them.
  const more = take(two);
  assertEquals(receivers(), [2, 3, 2, 3, 3, 3, 3, 3, 3, 3]);
  two.enter((member) => two.queue.hands.letGo(member, more));
  two.enter((member) => two.queue.hands.letGo(member, others[0]));
  assertEquals(receivers(), [2, 0, 2, 0, 3, 3, 3, 0, 0, 0]);
  take(two);
  world.dead.add(3);
  assertEquals(receivers(), [2, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
  survivor.enter(() => {});
  world.dead.clear();
  assertEquals(receivers(), [2, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
});
