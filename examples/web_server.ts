/**
 * A web server that gives requests which compute to a pool. While it has work others get a 503, one
 * that takes too long gets a 504, one whose client goes away is ended. Here it asks itself.
 *
 * Run: `node examples/web_server.ts`, `bun examples/web_server.ts` or
 * `deno run -A examples/web_server.ts`.
 */

import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { currentTask, Pool, TimeoutError } from "@allcores/multiprocessing";

/** It never yields, so it looks now and then whether it is to stop. */
export function countPrimes(below: number): number {
  const primes: number[] = [];
  for (let n = 2; n < below && !currentTask().signal.aborted; n++) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  return primes.length;
}

if (import.meta.main) {
  await using pool = new Pool(1);
  const calls = () => pool.stats.running + pool.stats.queued;
  const server = createServer(async ({ url }, response) => {
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    const reply = (status: number, text: string) => response.writeHead(status).end(text);
    if (calls() >= 1) return reply(503, "busy");
    const [, below, timeout] = url!.split("/").map(Number);
    try {
      reply(200, String(await pool.apply(countPrimes, [below], { timeout, signal: gone.signal })));
    } catch (error) {
      if (gone.signal.aborted) console.log("the client is gone, and its task is ended");
      else reply(error instanceof TimeoutError ? 504 : 500, (error as Error).name);
    }
  });
  await new Promise<void>((listens) => server.listen(0, "127.0.0.1", listens));
  const { port } = server.address() as { port: number };
  const get = async (path: string, signal?: AbortSignal) => {
    const response = await fetch(`http://127.0.0.1:${port}/${path}`, { signal });
    console.log(path, response.status, await response.text());
  };
  const leaving = new AbortController();
  get("1e12/60000", leaving.signal).catch(() => {});
  while (calls() === 0) await sleep(5);
  await get("100/60000");
  leaving.abort();
  while (calls() > 0) await sleep(5);
  await get("10000/60000");
  await get("1e12/100");
  server.close().closeAllConnections();
}

// Prints:
// 100/60000 503 busy
// the client is gone, and its task is ended
// 10000/60000 200 1229
// 1e12/100 504 TimeoutError
