/**
 * Hearing of the end of other parties, once for each.
 *
 * @module
 */

import type { Program } from "./program.ts";

const followed = new WeakMap<Program, Set<number>>();

/**
 * Sees to it that the end of a party is known here soon after it; everybody who waits looks then.
 *
 * @param program The program.
 * @param party The party; 0: nobody.
 */
export function followParty(program: Program, party: number): void {
  if (party === 0 || party === program.self) return;
  // Everybody is told by its creator.
  if (program.method === "thread") return;
  let parties = followed.get(program);
  if (parties === undefined) followed.set(program, parties = new Set());
  if (parties.has(party)) return;
  parties.add(party);
  program.waker.watch(party, () => {
    parties.delete(party);
    program.waker.expect();
  });
}
