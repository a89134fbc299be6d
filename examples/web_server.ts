/**
 * A web server that gives requests which compute to a pool, and so goes on answering. Too many at
 * once get a 503, one that takes too long gets a 504, and one whose client goes away is ended.
 *
 * Run: `node examples/web_server.ts`, `bun examples/web_server.ts`,
 * `deno run -A examples/web_server.ts`. It makes some requests itself, then ends.
 */

import { once } from "node:events";
import { createServer } from "node:http";
import { currentTask, Pool, TimeoutError } from "@allcores/multiprocessing";

/** It never yields, so it looks now and then whether it is to stop. */
export function countPrimes(below: number): number {
  const { signal } = currentTask();
  const primes: number[] = [];
  for (let n = 2; n < below && !signal.aborted; n++) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  return primes.length;
}

if (import.meta.main) {
  await using pool = new Pool(1);
  const server = createServer(async ({ url }, response) => {
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    const reply = (status: number, text: string) => response.writeHead(status).end(text);
    if (pool.stats.running + pool.stats.queued >= 2) return reply(503, "busy");
    const limits = { timeout: 1_000, signal: gone.signal };
    try {
      reply(200, `${await pool.apply(countPrimes, [Number(url!.slice(1))], limits)} primes`);
    } catch (error) {
      if (gone.signal.aborted) console.log("the client is gone, and its task is ended");
      else if (error instanceof TimeoutError) reply(504, "took too long");
      else reply(500, String(error));
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as { port: number };
  const get = async (path: string, signal?: AbortSignal) => {
    const response = await fetch(`http://127.0.0.1:${port}/${path}`, { signal });
    console.log(path, response.status, await response.text());
  };
  const impatient = new AbortController();
  const calls = [get("1e12", impatient.signal), get("1e12")];
  while (pool.stats.running + pool.stats.queued < 2) await new Promise((r) => setTimeout(r, 5));
  await get("100");
  impatient.abort();
  await Promise.allSettled(calls);
  await get("10000");
  server.close().closeAllConnections();
}

// Prints:
// 100 503 busy
// the client is gone, and its task is ended
// 1e12 504 took too long
// 10000 200 1229 primes
