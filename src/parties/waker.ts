/**
 * Waiting for other parties: spin a little, look once a turn of the event loop, then sleep on the doorbell.
 *
 * States:
 *
 * - awake: a look is scheduled, as a microtask (a spin) or by `setImmediate` (a turn);
 * - asleep: nothing is scheduled, the party's sleeping flag is set, and whoever changes something rings.
 *
 * The race that loses a wake-up is avoided by order: the flag is set, *then* everything is looked at once more, then the
 * party sleeps. Who changes something does so first and takes the flag second, so one of the two sees the other.
 *
 * Spinning and looking each turn are given up where they were in vain lately, see {@linkcode Payoff}. Nobody spins while
 * more parties are awake than there are cores, and after a number of spins in a row the event loop gets a turn, so that
 * timers and sockets are served.
 *
 * @module
 */

import { KeepAlive } from "../event_loop/keep_alive.ts";
import { pause } from "../support/stand_still.ts";
import type { Bell } from "./bell.ts";
import type { PartyTable } from "./party_table.ts";
import { Payoff } from "../support/payoff.ts";

/** Somebody who waits for a change in shared memory. */
export interface Poller {
  /** Whether there is anything to wait for now; keeps the event loop alive. */
  readonly waiting: boolean;
  /** Whether it wants to look when this party looks anyway, and keeps nothing alive for it. */
  readonly listening?: boolean;
  /** Whether it keeps the event loop alive meanwhile. @default true */
  readonly holdsLoop?: boolean;
  /** Looks once, and handles what is there. Returns whether there was anything. */
  poll(): boolean;
}

/** How long (ms) a spin lasts at most. */
const SPIN_LIMIT = 0.05;
/**
 * How long (ms) a spin lasts that is tried after others were in vain. Two parties that wake each other share a core, as systems
 * like to place them, and one that spins keeps the other from running: it takes so long until the system has moved one of them.
 */
const PROBE_LIMIT = 1;
/** Waits without a spin until one is tried again. */
const PROBE_PAUSE = 32;
/** How long (ms) after the beginning of a wait there is a look at each turn, before the party sleeps. */
const TURN_LIMIT = 0.3;
/** Spins in a row before the event loop gets a turn. */
const SPINS_A_TURN = 256;
/** Microtasks that a settled promise may need until the code that awaits it goes on. */
const CONTINUATION_HOPS = 4;
/** Looks between two looks at the clock. */
const LOOKS_A_CHECK = 16;

/** How a party comes to look. */
const Way = {
  /** As a microtask. */
  spin: 0,
  /** Again and again in one spin. */
  spinning: 1,
  /** At a turn of the event loop. */
  turn: 2,
  /** It was rung for. */
  ring: 3,
  /** For the last time before it sleeps. */
  sleep: 4,
} as const;
type Way = (typeof Way)[keyof typeof Way];

/** The wait loop of one party. */
export class Waker {
  readonly #parties: PartyTable;
  readonly #self: number;
  readonly #cores: number;
  readonly #bell: Bell;
  readonly #pollers: Poller[] = [];
  readonly #spinTask = () => this.#spin();
  readonly #hopTask = () => this.#hop();
  readonly #turnTask = () => this.#turn();
  #asleep = false;
  #spinQueued = false;
  #turnQueued = false;
  #hops = 0;
  #spins = 0;
  /** The poller that is looked at: one that leaves meanwhile must not let another one be passed over. */
  #at = 0;
  /** When the present wait began (ms); 0 while nothing was waited for yet. */
  #waitingSince = 0;
  readonly #spinPayoff = new Payoff(PROBE_PAUSE);
  readonly #turnPayoff = new Payoff(16);
  /** No doorbell keeps an event loop alive: this does, while somebody waits. */
  readonly #keepAlive = new KeepAlive();

  /**
   * @param parties The table of the program.
   * @param self This party.
   * @param cores How many parties can run at once.
   * @param createBell Creates the doorbell of this party.
   */
  constructor(
    parties: PartyTable,
    self: number,
    cores: number,
    createBell: (onRing: () => void) => Bell,
  ) {
    this.#parties = parties;
    this.#self = self;
    this.#cores = cores;
    this.#bell = createBell(() => this.#wake());
    parties.countAwake(self, true);
    this.#queueTurn();
  }

  /** Adds somebody who waits. */
  add(poller: Poller): void {
    this.#pollers.push(poller);
    this.expect();
  }

  /** Removes somebody who waits no more. */
  remove(poller: Poller): void {
    const index = this.#pollers.indexOf(poller);
    if (index >= 0) this.#pollers.splice(index, 1);
    if (index >= 0 && index <= this.#at) this.#at--;
    // Asleep, nobody else would notice that there is nothing to stay alive for.
    if (this.#asleep) this.#keepAlive.set(this.#mustStay());
  }

  /** Says that an answer may come at once: looks as soon as the running code yields. */
  expect(): void {
    if (this.#spinQueued || this.isGone) return;
    if (this.#asleep) this.#getUp();
    if (this.#spins >= SPINS_A_TURN) return this.#queueTurn();
    this.#spinQueued = true;
    queueMicrotask(this.#spinTask);
  }

  /**
   * Whether this party counts as ended. A runtime may let a thread run on for a moment after its end; nothing that it does
   * then may be seen.
   */
  get isGone(): boolean {
    return this.#parties.isDead(this.#self);
  }

  /** Whether more parties are awake than can run at once, so that nobody should spin. */
  get isCrowded(): boolean {
    return this.#parties.awake > this.#cores;
  }

  /** Wakes another party, if it sleeps. */
  notify(party: number): void {
    if (this.#parties.takeRing(party)) this.#bell.ring(party);
  }

  /**
   * Wakes another party where somebody has died who may have taken the duty of ringing for it: a ring may wait for its line to be
   * connected, and end with its sender.
   */
  alarm(party: number): void {
    if (this.#parties.takeRing(party) || this.#parties.isRung(party)) this.#bell.ring(party);
  }

  /** Resolves when the rings for another party have left this process: see {@linkcode Bell.sent}. */
  sent(party: number): Promise<void> {
    return this.#bell.sent(party);
  }

  /** Calls back once when another party has ended: see {@linkcode Bell.watch}. */
  watch(party: number, onEnd: () => void): void {
    this.#bell.watch(party, onEnd);
  }

  /** Ends all waiting. */
  close(): void {
    this.#pollers.length = 0;
    this.#bell.close();
    this.#keepAlive.set(false);
  }

  #spin(): void {
    this.#spinQueued = false;
    this.#spins++;
    this.#look(Way.spin);
  }

  #turn(): void {
    this.#turnQueued = false;
    this.#spins = 0;
    if (!this.#asleep) this.#look(Way.turn);
  }

  #wake(): void {
    this.#spins = 0;
    this.#look(Way.ring);
  }

  /**
   * Looks, and decides what comes next. Nothing is looked at elsewhere: a compiler takes all that is looked at into each place
   * that looks, and while it compiles, it has a core that one of two parties would need.
   *
   * @param way How it came to look.
   */
  #look(way: Way): void {
    if (this.isGone) return;
    if (way === Way.ring && this.#asleep) this.#getUp();
    const pollers = this.#pollers;
    let looks = 0;
    let end = 0;
    for (;;) {
      let found = false;
      for (this.#at = 0; this.#at < pollers.length; this.#at++) {
        const poller = pollers[this.#at];
        if ((poller.waiting || poller.listening === true) && poller.poll()) found = true;
      }
      if (found) return this.#progressed(way);
      if (way === Way.spinning) {
        pause();
        if (++looks % LOOKS_A_CHECK !== 0 || performance.now() < end) continue;
        this.#spinPayoff.paid(false);
        return this.#queueTurn();
      }
      if (way === Way.sleep) return this.#keepAlive.set(this.#mustStay());
      if (way === Way.spin && (end = this.#endOfSpin()) !== 0) way = Way.spinning;
      else if (way === Way.turn && this.#maySleep()) way = this.#sleep();
      else return this.#queueTurn();
    }
  }

  /** Until when (ms) to look again and again; 0 where no answer is likely to come soon. */
  #endOfSpin(): number {
    const now = performance.now();
    if (this.#waitingSince === 0) this.#waitingSince = now;
    if (!this.#isWaiting() || this.isCrowded || !this.#spinPayoff.isWorthIt()) return 0;
    return now + (this.#spinPayoff.isProbing ? PROBE_LIMIT : SPIN_LIMIT);
  }

  /** Whether there is nothing to wait for, or it has taken too long to look at each turn. */
  #maySleep(): boolean {
    if (this.#spinQueued) return false;
    if (!this.#isWaiting()) return true;
    const now = performance.now();
    if (this.#waitingSince === 0) this.#waitingSince = now;
    const isOver = now - this.#waitingSince > TURN_LIMIT;
    if (isOver) this.#turnPayoff.paid(false);
    return isOver || !this.#turnPayoff.isWorthIt();
  }

  /** Says that it sleeps; then everything has to be looked at once more. */
  #sleep(): Way {
    this.#bell.listen();
    this.#parties.lieDown(this.#self);
    this.#asleep = true;
    return Way.sleep;
  }

  /** Lets those who waited go on before the next look. */
  #progressed(way: Way): void {
    if (way === Way.spinning) this.#spinPayoff.paid(true);
    else if (way === Way.turn && this.#waitingSince !== 0) this.#turnPayoff.paid(true);
    else if (way === Way.sleep) this.#getUp();
    this.#waitingSince = 0;
    if (!this.#isWaiting() || this.#spins >= SPINS_A_TURN) return this.#queueTurn();
    if (this.#spinQueued) return;
    this.#spinQueued = true;
    this.#hops = CONTINUATION_HOPS;
    queueMicrotask(this.#hopTask);
  }

  #hop(): void {
    if (--this.#hops > 0) queueMicrotask(this.#hopTask);
    else this.#spin();
  }

  #getUp(): void {
    this.#asleep = false;
    this.#parties.getUp(this.#self);
  }

  #queueTurn(): void {
    if (this.#turnQueued) return;
    this.#turnQueued = true;
    setImmediate(this.#turnTask);
  }

  #isWaiting(): boolean {
    const pollers = this.#pollers;
    // No iterator: code that is not compiled yet would make one at each look.
    for (let i = 0; i < pollers.length; i++) if (pollers[i].waiting) return true;
    return false;
  }

  #mustStay(): boolean {
    for (const poller of this.#pollers) {
      if (poller.waiting && poller.holdsLoop !== false) return true;
    }
    return false;
  }
}
