/**
 * The program on the screenshot of the dashboard. Prints the page's address, and goes on until it is killed.
 *
 * @module
 */

import { setTimeout as sleep } from "node:timers/promises";
import { Manager, Pool, Queue } from "../../mod.ts";
import { serveDashboard } from "../../src/dashboard/mod.ts";
import { importCatalog, parseRecord, readBrokenFile, renderPage } from "./work.ts";

if (import.meta.main) {
  const page = await serveDashboard({ control: true });
  await using pool = new Pool({ processes: 4, retries: 1 });
  const orders = new Queue<number>();
  for (let i = 0; i < 120; i++) await orders.put(i);
  await using manager = await Manager();
  const kept = [
    await manager.dict(),
    await manager.list(),
    await manager.list(),
    await manager.Lock(),
  ];
  console.log(page.url);
  const map = pool.mapAsync(renderPage, Array.from({ length: 6_000 }, (_, i) => i), {
    chunkSize: 1,
  });
  map.catch(() => {});
  const first = { priority: 1 };
  for (let second = 0; kept.length > 0; second++) {
    const many = 150 + Math.round(100 * Math.sin(second / 5));
    for (let i = 0; i < many; i++) {
      const price = i % 90 === 3 ? -(i % 4) : i;
      pool.applyAsync(parseRecord, [JSON.stringify({ price })], first).catch(() => {});
      if (i % 10 === 0) await sleep(1000 / many * 10);
    }
    const call = pool.applyAsync(importCatalog, [`shop-${second % 4}`, {
      pages: second % 5 + 2,
    }], first);
    call.catch(() => {});
    if (second === 17) {
      pool.applyAsync(readBrokenFile, ["/data/broken.bin"], first).catch(() => {});
    }
    if (second % 3 === 0) await orders.put(second);
  }
}
