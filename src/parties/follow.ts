/**
 * Hearing of the end of other parties, once for each.
 *
 * @module
 */

import type { Domain } from "./program.ts";

const followed = new WeakMap<Domain, Set<number>>();

/**
 * Sees to it that the end of a party is known here soon after it; everybody who waits looks then.
 *
 * @param domain The domain.
 * @param party The party; 0: nobody.
 */
export function followParty(domain: Domain, party: number): void {
  if (party === 0 || party === domain.self) return;
  let parties = followed.get(domain);
  if (parties === undefined) followed.set(domain, parties = new Set());
  if (parties.has(party)) return;
  parties.add(party);
  domain.waker.watch(party, () => {
    parties.delete(party);
    domain.parties.markDead(party);
    domain.waker.expect();
  });
}
