/**
 * Getting a latch that another party has.
 *
 * A latch is held for less than a microsecond at a time, unless its owner is suspended or killed. However long that takes, only
 * the system's word that the owner has ended lets another one have it: one that stands at a breakpoint has not. Where the system
 * cannot be asked for threads, the end of one is known when its creator has heard of it.
 *
 * @module
 */

import { nap, pause } from "../support/stand_still.ts";
import type { Latch } from "./latch.ts";

/** How often the latch is tried before its owner is looked at. */
const TRIES = 10_000;

/**
 * Takes a latch, however long it takes.
 *
 * @param latch The latch.
 * @param probe Asks the system whether a party has ended, so that the latch knows; 0: nobody.
 */
export function takeLatch(latch: Latch, probe: (party: number) => void): void {
  for (let tries = 0; !latch.tryEnter(); tries++) {
    // Looking disturbs the owner less than trying.
    for (; latch.owner !== 0 && tries < TRIES; tries++) pause();
    if (tries < TRIES) continue;
    probe(latch.owner);
    nap(1);
  }
}
