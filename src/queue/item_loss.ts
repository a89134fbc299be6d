/**
 * When what an item carries will never arrive. No time is a proof of that.
 *
 * @module
 */

import { followParty } from "../parties/follow.ts";
import type { Program } from "../parties/program.ts";
import type { SharedQueue } from "../sync/shared_queue.ts";

/**
 * Tells whether nobody will rebuild an item that was put: it was dropped, or is in the hand of nobody who lives. Who takes long
 * over it, or stands still, may still do it.
 *
 * @param program The queue's program.
 * @param queue The queue.
 * @param number The item's number: see `hands.ts`.
 * @returns Tells it.
 */
export function lossOf(program: Program, queue: SharedQueue, number: number): () => boolean {
  const isLost = (party: number): boolean => program.parties.isLost(party);
  return () => {
    if (queue.hands.isWaiting(number)) return queue.isCut;
    const receiver = queue.hands.receiverOf(number, isLost);
    followParty(program, receiver);
    return receiver === 0;
  };
}
