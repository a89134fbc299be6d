/**
 * Parties that run in turns, switched at any atomic operation, and killed there.
 *
 * A party is an ordinary synchronous function. It is stopped by an exception before the next operation, and goes on by
 * running it again from its beginning: operations that it has done give what they gave then, and touch nothing. So it must do
 * nothing that others see but by `Atomics`, and depend on nothing else.
 *
 * @module
 */

import { replaceAtomics } from "./atomics.ts";

const STOP = Symbol("stop");

interface Party {
  readonly program: () => void;
  readonly results: unknown[];
  done: boolean;
  dead: boolean;
}

/** Parties and their places. */
export class Schedule {
  readonly #parties: Party[];

  /** @param programs What each party does. */
  constructor(programs: (() => void)[]) {
    this.#parties = programs.map((program) => ({ program, results: [], done: false, dead: false }));
  }

  /** Whether a party has come to its end. */
  isDone(party: number): boolean {
    return this.#parties[party].done;
  }

  /** Whether a party has neither ended nor been killed. */
  isRunning(party: number): boolean {
    const { done, dead } = this.#parties[party];
    return !done && !dead;
  }

  /** A party does nothing more. */
  kill(party: number): void {
    this.#parties[party].dead = true;
  }

  /** Lets a party do some operations. Returns how many it did; fewer when it has ended. */
  run(party: number, steps: number): number {
    if (!this.isRunning(party)) return 0;
    const { program, results } = this.#parties[party];
    const before = results.length;
    let position = 0;
    const restore = replaceAtomics((operation) => (...args) => {
      if (position < before) return results[position++];
      if (position === before + steps) throw STOP;
      position++;
      const result = operation(...args);
      results.push(result);
      return result;
    });
    try {
      program();
      this.#parties[party].done = true;
    } catch (error) {
      if (error !== STOP) throw error;
    } finally {
      restore();
    }
    return results.length - before;
  }
}
