/** A pool that has ended is collected with all that belongs to it. */

import { assertEquals } from "@std/assert";
import { collectUntil } from "../support/collected.ts";
import { conform } from "../support/conform.ts";
import { mp } from "../support/children.ts";

type Pool = InstanceType<typeof mp.Pool>;

/** The pools that are gone. A `WeakRef` would keep one alive in each turn in which it is looked at. */
const gone = new Set<string>();
const registry = new FinalizationRegistry<string>((how) => gone.add(how));

/** Ends a pool, and keeps nothing of it. */
async function endOne(how: string, end: (pool: Pool) => Promise<void>): Promise<void> {
  const pool = new mp.Pool(1);
  registry.register(pool, how);
  assertEquals(await pool.apply((x: number) => x + 1, [1]), 2);
  await end(pool);
}

const ENDS: Record<string, (pool: Pool) => Promise<void>> = {
  "terminate()": (pool) => pool.terminate(),
  "close() and join()": (pool) => {
    pool.close();
    return pool.join();
  },
};

for (const [how, end] of Object.entries(ENDS)) {
  conform(`a pool that was ended by ${how} is collected`, async (note) => {
    await endOne(how, end);
    await collectUntil(() => gone.has(how));
    note("collected");
  });
}
