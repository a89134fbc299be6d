/**
 * The main program's side of the ledger: what arrived, compared with what was done.
 *
 * @module
 */

import { isWhole, LEFT, type Parts, PERMITS, type Relayed, RIGHT, TOKENS } from "./parts.ts";
import type { Supervisor } from "./supervisor.ts";

/** Keeps account of the items that came through both queues. */
export class Arrivals {
  readonly problems: string[] = [];
  count = 0;
  readonly #byProducer = new Map<number, Set<number>>();
  readonly #nextOfRelay = new Map<number, number>();
  readonly #lastByPath = new Map<string, number>();

  /**
   * Enters an item.
   *
   * A relay's items come in order and without a gap, since it puts each of them itself. Of a producer's items each relay gets some,
   * in order.
   */
  enter({ relay, number, item }: Relayed): void {
    this.count++;
    const next = this.#nextOfRelay.get(relay) ?? 0;
    if (number !== next) this.#complain(`relay ${relay} sent ${next}, but ${number} came`);
    this.#nextOfRelay.set(relay, number + 1);
    const path = `${item.producer} by ${relay}`;
    if (item.number <= (this.#lastByPath.get(path) ?? -1)) {
      this.#complain(`item ${item.number} of ${path} came after a later one`);
    }
    this.#lastByPath.set(path, item.number);
    const seen = this.#byProducer.get(item.producer) ?? new Set();
    this.#byProducer.set(item.producer, seen);
    if (seen.has(item.number)) this.#complain(`item ${item.number} of ${path} came twice`);
    seen.add(item.number);
    if (!isWhole(item)) this.#complain(`item ${item.number} of ${path} is damaged`);
  }

  /**
   * Compares what came with what was put. A producer that was killed may have put one more than it wrote down; a relay
   * that was killed may have had one in its hands.
   */
  check(parts: Parts, supervisor: Supervisor): void {
    const producers = supervisor.record("produce");
    const relays = supervisor.record("relay");
    let missing = 0;
    let extra = 0;
    for (const self of producers.selves) {
      const seen = this.#byProducer.get(self) ?? new Set();
      for (let number = 0; number < parts.done[self]; number++) if (!seen.has(number)) missing++;
      const more = [...seen].filter((number) => number >= parts.done[self]).length;
      if (more > 1) this.#complain(`producer ${self} put ${more} items that it did not write down`);
      extra += more;
    }
    if (missing > relays.kills) {
      this.#complain(`${missing} items are missing, but only ${relays.kills} relays were killed`);
    }
    if (extra > producers.kills) {
      this.#complain(
        `${extra} items more than put, but only ${producers.kills} producers were killed`,
      );
    }
    for (const self of relays.selves) {
      const came = this.#nextOfRelay.get(self) ?? 0;
      const put = parts.done[self];
      if (came < put || came > put + 1) {
        this.#complain(`relay ${self} put ${put}, but ${came} came`);
      }
    }
  }

  #complain(problem: string): void {
    if (this.problems.length < 20) this.problems.push(problem);
  }
}

/** Checks what the locks guard, when everybody has ended. */
export async function checkLedger(parts: Parts, supervisor: Supervisor): Promise<string[]> {
  const { ledger, lock, permits, condition } = parts;
  const problems: string[] = [];
  const expect = (holds: boolean, problem: string) => void (holds || problems.push(problem));
  const expectWithin = (what: string, count: number, least: number, most: number) =>
    expect(count >= least && count <= most, `${what}: ${count}, not ${least} to ${most}`);
  expect(await lock.acquire({ timeout: 5000 }), "the lock is not free");
  if (lock.abandoned) ledger[RIGHT] = ledger[LEFT];
  expect(ledger[LEFT] === ledger[RIGHT], `the counters are ${ledger[LEFT]} and ${ledger[RIGHT]}`);
  const added = supervisor.steps("add");
  expectWithin("additions", ledger[LEFT], added, added + supervisor.record("add").kills);
  expect(permits.getValue() === PERMITS, `${permits.getValue()} permits of ${PERMITS} are back`);
  for (let i = 0; i < PERMITS; i++) {
    expect(await permits.acquire({ timeout: 0 }), `permit ${i} cannot be taken`);
  }
  expect(await condition.acquire({ timeout: 5000 }), "the condition's lock is not free");
  const tokens = supervisor.steps("give") - supervisor.steps("take");
  const [lost, extra] = [supervisor.record("take").kills, supervisor.record("give").kills];
  expectWithin("tokens left", ledger[TOKENS], tokens - lost, tokens + extra);
  return problems;
}
