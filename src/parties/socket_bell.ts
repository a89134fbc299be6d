/**
 * Doorbells between processes: each listens on one socket; a ring is a byte on it.
 *
 * A connection is made by whoever wants to ring or to watch, and is kept. That it ends, or cannot be made, says nothing of the
 * other process: at the limit of descriptors, or with a full backlog, lines end while both sides live. It only makes this
 * party look: the system is asked, again and again, since a process closes its sockets before it is gone. While the other
 * one lives the line is made again, with longer and longer pauses.
 *
 * That a ring has left says nothing either: a party that has no descriptor left cannot take a line that it has not had before, so
 * its rings wait at its door, while it may wait for just these. Each party looks without a ring now and then.
 *
 * States of a line: open (there is a wire), or broken (a timer will look again). A ring that may not have arrived is owed, and
 * is sent by the next wire: whoever has taken the duty of ringing keeps it, since nobody else may ring.
 *
 * @module
 */

import { type Timer, unrefTimer } from "../event_loop/timers.ts";
import type { BellHost, Listener, Wire } from "../runtime/bells.ts";
import type { Bell } from "./bell.ts";

/** What a bell has to know of other parties. */
export interface Neighbours {
  /** The name of a party's socket. */
  nameOf(party: number): string;
  /** Asks the system whether a party lives, and notes when it does not. */
  isAlive(party: number): boolean;
  /** Whether a party was rung for and has not woken up yet. */
  isRung(party: number): boolean;
}

/** A connection to another party, with those who want to know of its end. */
interface Line {
  wire: Wire | null;
  /** When the wire was made (ms). */
  since: number;
  /** How often in a row it has ended soon. */
  failures: number;
  isRingOwed: boolean;
  timer: Timer | null;
  readonly watchers: (() => void)[];
  /** Those who wait until the line is made again, or nobody needs it. */
  readonly mended: (() => void)[];
}

/** The longest pause (ms) until a line is made again, or a name is listened to again. */
const LONGEST_PAUSE = 1000;
/** How often (ms) a party looks without a ring: only where it has no descriptor left is there anything to see. */
const LOOK_PAUSE = 1000;
/** A wire that lasted longer (ms) was a good one. */
const GOOD = 1000;

/** {@linkcode Bell} over sockets. */
export class SocketBell implements Bell {
  readonly #host: BellHost;
  readonly #neighbours: Neighbours;
  readonly #onRing: () => void;
  readonly #looks: Timer;
  readonly #lines = new Map<number, Line>();
  #listener: Listener | null = null;
  #listenTimer: Timer | null = null;
  #closed = false;

  /**
   * @param host The runtime's sockets.
   * @param self The party that hears this bell.
   * @param neighbours What is known of other parties.
   * @param onRing Called for a ring, and now and then without one.
   */
  constructor(host: BellHost, self: number, neighbours: Neighbours, onRing: () => void) {
    this.#host = host;
    this.#neighbours = neighbours;
    this.#onRing = onRing;
    this.#looks = unrefTimer(setInterval(onRing, LOOK_PAUSE));
    this.#listen(neighbours.nameOf(self), 0);
  }

  ring(party: number): void {
    const line = this.#line(party);
    if (line.wire === null) line.isRingOwed = true;
    else line.wire.ring();
  }

  async sent(party: number): Promise<void> {
    for (let line = this.#lines.get(party); line !== undefined; line = this.#lines.get(party)) {
      const { wire, mended } = line;
      if (wire === null) await new Promise<void>((resolve) => mended.push(resolve));
      else await wire.sent();
      if (wire !== null && line.wire === wire) return;
    }
  }

  listen(): void {
    // A socket always hears.
  }

  watch(party: number, onEnd: () => void): void {
    const { wire, watchers } = this.#line(party);
    watchers.push(onEnd);
    // A party that has ended before has nobody to end the line, should another program have its name.
    if (wire !== null && !this.#neighbours.isAlive(party)) this.#bury(party);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#looks);
    this.#listener?.close();
    if (this.#listenTimer !== null) clearTimeout(this.#listenTimer);
    for (const { wire, timer, mended } of this.#lines.values()) {
      wire?.close();
      if (timer !== null) clearTimeout(timer);
      for (const resolve of mended) resolve();
    }
    this.#lines.clear();
  }

  /** Hears rings; where that fails it is tried again. */
  #listen(name: string, failures: number): void {
    this.#listenTimer = null;
    const retry = (): void => {
      this.#listener?.close();
      this.#listener = null;
      if (this.#closed || this.#listenTimer !== null) return;
      const again = (): void => this.#listen(name, failures + 1);
      this.#listenTimer = unrefTimer(setTimeout(again, pauseAfter(failures)));
    };
    try {
      this.#listener = this.#host.listen(name, this.#onRing, retry);
    } catch {
      retry();
    }
  }

  #line(party: number): Line {
    const known = this.#lines.get(party);
    if (known !== undefined) return known;
    const line: Line = {
      wire: null,
      since: 0,
      failures: 0,
      isRingOwed: false,
      timer: null,
      watchers: [],
      mended: [],
    };
    this.#lines.set(party, line);
    this.#connect(party, line);
    return line;
  }

  #connect(party: number, line: Line): void {
    const onEnd = (): void => this.#broke(party, line);
    line.since = performance.now();
    try {
      line.wire = this.#host.connect(this.#neighbours.nameOf(party), onEnd);
    } catch {
      return onEnd();
    }
    if (line.isRingOwed) line.wire.ring();
    line.isRingOwed = false;
    for (const resolve of line.mended.splice(0)) resolve();
  }

  #broke(party: number, line: Line): void {
    if (this.#lines.get(party) !== line) return;
    if (performance.now() - line.since > GOOD) line.failures = 0;
    line.wire = null;
    // What was written last may have been lost with the line.
    if (this.#neighbours.isRung(party)) line.isRingOwed = true;
    this.#look(party, line);
  }

  /** Asks the system; while the party lives, asks again later, and then makes the line again. */
  #look(party: number, line: Line): void {
    if (!this.#neighbours.isAlive(party)) return this.#bury(party);
    const again = (): void => {
      line.timer = null;
      if (!this.#neighbours.isAlive(party)) this.#bury(party);
      else if (line.isRingOwed || line.watchers.length > 0) this.#connect(party, line);
      else this.#forget(party, line);
    };
    line.timer = unrefTimer(setTimeout(again, pauseAfter(line.failures++)));
  }

  #bury(party: number): void {
    const line = this.#lines.get(party)!;
    this.#forget(party, line);
    for (const watcher of line.watchers.splice(0)) watcher();
  }

  #forget(party: number, line: Line): void {
    this.#lines.delete(party);
    line.wire?.close();
    line.wire = null;
    for (const resolve of line.mended.splice(0)) resolve();
  }
}

/** Longer and longer, up to a limit. */
function pauseAfter(failures: number): number {
  return Math.min(LONGEST_PAUSE, 2 ** failures);
}
