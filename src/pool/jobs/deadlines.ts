/**
 * Any number of deadlines on one timer.
 *
 * A heap by time. A deadline that is removed stays in the heap until its time comes or most of the heap is of that kind; so
 * adding and removing take next to nothing. There is a timer only while there is a deadline, so none keeps a program alive
 * that has nothing else to do.
 *
 * @module
 */

import { LONGEST_DELAY } from "../../support/limit.ts";

/** With fewer removed deadlines than this it is not worth sorting them out. */
const FEW = 64;

/** Something that happens at a time. */
export class Deadline {
  /** When (ms, on the clock of `performance.now()`). */
  readonly at: number;
  readonly #expire: () => void;
  /** Whether it was removed, or has passed. */
  isOver = false;

  /**
   * @param at When (ms, on the clock of `performance.now()`).
   * @param expire What happens then.
   */
  constructor(at: number, expire: () => void) {
    this.at = at;
    this.#expire = expire;
  }

  /** Lets it happen. */
  expire(): void {
    this.#expire();
  }
}

/** Deadlines with one timer. */
export class Deadlines {
  #heap: Deadline[] = [];
  #over = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #timerAt = Infinity;

  /** How many deadlines there are. */
  get size(): number {
    return this.#heap.length - this.#over;
  }

  /** Adds a deadline. */
  add(deadline: Deadline): void {
    const heap = this.#heap;
    let at = heap.push(deadline) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (heap[above].at <= deadline.at) break;
      heap[at] = heap[above];
      at = above;
    }
    heap[at] = deadline;
    if (deadline.at < this.#timerAt) this.#arm(deadline.at);
  }

  /** Removes a deadline; nothing happens where it has passed. */
  remove(deadline: Deadline): void {
    if (deadline.isOver) return;
    deadline.isOver = true;
    this.#over++;
    if (this.size === 0) return this.clear();
    if (this.#over < FEW || this.#over * 2 < this.#heap.length) return;
    // A sorted list is a heap.
    this.#heap = this.#heap.filter(({ isOver }) => !isOver).sort((a, b) => a.at - b.at);
    this.#over = 0;
  }

  /** Removes all. */
  clear(): void {
    for (const deadline of this.#heap) deadline.isOver = true;
    this.#heap.length = 0;
    this.#over = 0;
    this.#disarm();
  }

  #arm(at: number): void {
    this.#disarm();
    this.#timerAt = at;
    const delay = Math.min(LONGEST_DELAY, Math.max(0, Math.ceil(at - performance.now())));
    this.#timer = setTimeout(() => this.#fire(), delay);
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerAt = Infinity;
  }

  #fire(): void {
    this.#disarm();
    const now = performance.now();
    while (this.#heap.length > 0 && (this.#heap[0].isOver || this.#heap[0].at <= now)) {
      const deadline = this.#pop();
      if (deadline.isOver) {
        this.#over--;
        continue;
      }
      deadline.isOver = true;
      deadline.expire();
    }
    if (this.#heap.length > 0) this.#arm(this.#heap[0].at);
  }

  #pop(): Deadline {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && heap[below + 1].at < heap[below].at) below++;
      if (heap[below].at >= last.at) break;
      heap[at] = heap[below];
      at = below;
    }
    heap[at] = last;
    return first;
  }
}
