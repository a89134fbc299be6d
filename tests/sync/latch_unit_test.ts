/** The latch: who may leave it, and who gets it from whom. */

import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { GoneError, Latch, LATCH_WORDS } from "../../src/sync/latch.ts";
import { takeLatch } from "../../src/sync/take_latch.ts";
import { Moment } from "../support/interleave.ts";

const OLD = 1;
const NEW = 2;
const FIRST = LATCH_WORDS;
const SECOND = LATCH_WORDS + 1;

/** Two parties at one latch, of which the first may count as ended. */
class Scene {
  readonly words = new Int32Array(new SharedArrayBuffer((LATCH_WORDS + 2) * 4));
  readonly dead = new Set<number>();
  readonly old = this.latch(OLD);
  readonly new = this.latch(NEW);

  latch(self: number): Latch {
    return new Latch(this.words, 0, self, (party) => this.dead.has(party));
  }

  /** Both words are changed. */
  change(latch: Latch, value: number): void {
    latch.set(FIRST, value);
    latch.set(SECOND, value);
  }

  get values(): number[] {
    return [...this.words.subarray(FIRST)];
  }
}

test("a latch is left and committed by its owner alone", () => {
  for (const end of ["commit", "leave", "abandon"] as const) {
    const scene = new Scene();
    assert(scene.old.tryEnter());
    scene.change(scene.old, 5);
    scene.dead.add(OLD);
    assert(scene.new.tryEnter());
    // It goes on after all: it stood at a breakpoint while everybody took it for dead.
    if (end === "abandon") scene.old.abandon();
    else assertThrows(() => scene.old[end](), GoneError);
    assertEquals(scene.new.owner, NEW);
    assertEquals(scene.values, [0, 0]);
    scene.change(scene.new, 7);
    scene.new.leave();
    assertEquals(scene.values, [7, 7]);
    assertEquals(scene.new.owner, 0);
  }
});

test("a latch that was left cannot be left again", () => {
  const { old } = new Scene();
  assertThrows(() => old.leave(), GoneError);
  assert(old.tryEnter());
  old.leave();
  assertThrows(() => old.leave(), GoneError);
});

test("a latch that is lost at any moment of a leave is not freed for its new owner", () => {
  for (let step = 0;; step++) {
    const scene = new Scene();
    scene.old.tryEnter();
    scene.change(scene.old, 5);
    let isTaken = false;
    using moment = new Moment(step, () => {
      scene.dead.add(OLD);
      isTaken = scene.new.tryEnter() && scene.new.isInherited;
    });
    try {
      scene.old.leave();
    } catch (error) {
      assert(error instanceof GoneError);
    }
    if (!moment.reached) break;
    assertEquals(scene.new.owner, NEW, `step ${step}`);
    assert(isTaken || scene.values[0] === 5);
  }
});

test("takeLatch takes a latch from an owner of whom the system says that it has ended", () => {
  const scene = new Scene();
  scene.old.tryEnter();
  scene.change(scene.old, 5);
  let asked = 0;
  takeLatch(scene.new, (party) => {
    assertEquals(party, OLD);
    if (++asked === 3) scene.dead.add(OLD);
  });
  assert(scene.new.isInherited);
  scene.new.leave();
  assertEquals(scene.values, [0, 0]);
});

test("takeLatch waits for an owner that lives, for as long as it stands still", () => {
  const scene = new Scene();
  scene.old.tryEnter();
  scene.change(scene.old, 5);
  let asked = 0;
  takeLatch(scene.new, () => {
    assertEquals(scene.old.owner, OLD);
    if (++asked === 2_500) scene.old.leave();
  });
  assert(!scene.new.isInherited);
  assertEquals(asked, 2_500);
  assertEquals(scene.values, [5, 5]);
});
