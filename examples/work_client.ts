/**
 * Does the work that `work_server.ts` hands out, on this machine or another one.
 *
 * Run: `node examples/work_client.ts [HOST PORT]`, `bun examples/work_client.ts [HOST PORT]`,
 * `deno run -A examples/work_client.ts [HOST PORT]`, while the server runs there.
 */

import { Pool, type Proxied } from "@allcores/multiprocessing";
import { readPlace, type Work, WorkManager } from "./work_server.ts";

export function factorize(number: number): { number: number; factors: number[] } {
  const factors: number[] = [];
  let rest = number;
  for (let divisor = 2; divisor * divisor <= rest; divisor++) {
    for (; rest % divisor === 0; rest /= divisor) factors.push(divisor);
  }
  return { number, factors: rest > 1 ? [...factors, rest] : factors };
}

async function* takeAll(work: Proxied<Work>): AsyncGenerator<number> {
  for (let next = await work.take(); next !== null; next = await work.take()) yield next;
}

if (import.meta.main) {
  await using manager = new WorkManager(readPlace());
  await manager.connect();
  const work = await manager.work();
  await using pool = new Pool();
  let done = 0;
  // It takes little more than its own cores can do at once; what is left is for other clients.
  for await (const { number, factors } of pool.imap(factorize, takeAll(work))) {
    await work.finish(number, factors);
    done++;
  }
  console.log("factorized", done, "numbers");
}

// Prints, while the server runs:
// factorized 4 numbers
