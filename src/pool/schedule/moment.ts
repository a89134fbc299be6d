/**
 * The time of what happens at one moment: the clock is looked at once, however much happens.
 *
 * @module
 */

import { areTasksHeard } from "./diagnostics.ts";

/** The present moment of one pool. */
export class Moment {
  #now = 0;
  #isGood = false;
  /** Whether anybody listened to what happens to tasks, when the clock was looked at. */
  isHeard = false;

  /** The time (ms), good for everything that happens at one moment. */
  get now(): number {
    if (!this.#isGood) {
      this.#isGood = true;
      this.#now = performance.now();
      this.isHeard = areTasksHeard();
    }
    return this.#now;
  }

  /** It has passed: the next look at the time is one at the clock. */
  pass(): void {
    this.#isGood = false;
  }
}
