/**
 * Getting a latch that another party has.
 *
 * A latch is held for less than a microsecond at a time, unless its owner is suspended or killed. A killed process is noticed by
 * asking the system for it. The end of a thread may only be known to an event loop that stands still here: one
 * that does nothing for seconds counts as ended.
 *
 * @module
 */

import { nap, pause } from "../support/stand_still.ts";
import type { Latch } from "../sync/latch.ts";
import type { Program } from "./program.ts";

/** How often the latch is tried before its owner is looked at. */
const TRIES = 10_000;
/** How many naps of 1 ms are taken until a thread counts as ended that holds the latch for so long. */
const NAPS = 2_000;

/**
 * Takes a latch, however long it takes.
 *
 * @param latch The latch.
 * @param program The program of its parties.
 */
export function takeLatch(latch: Latch, program: Program): void {
  let naps = 0;
  let before = 0;
  for (let tries = 0; !latch.tryEnter(); tries++) {
    // Looking disturbs the owner less than trying.
    for (; latch.owner !== 0 && tries < TRIES; tries++) pause();
    if (tries < TRIES) continue;
    const { owner } = latch;
    naps = owner === before ? naps + 1 : 0;
    before = owner;
    probe(owner, program);
    nap(1);
    if (program.method === "thread" && naps > NAPS && latch.seize(owner)) return;
  }
}

/**
 * Asks the system whether a party is still there, and notes when it is not.
 *
 * @param party The party; 0: nobody.
 * @param program Its program.
 */
export function probe(party: number, program: Program): void {
  if (party === 0 || party === program.self || program.isAlive(party)) return;
  program.parties.markDead(party);
}
