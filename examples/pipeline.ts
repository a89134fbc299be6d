/**
 * A pipeline of three stages over queues: one process reads a log, two parse its lines, one counts.
 * The queues are short, so a fast stage waits for a slow one; each ends when the one before it has.
 *
 * Run: `node examples/pipeline.ts`, `bun examples/pipeline.ts`, `deno run -A examples/pipeline.ts`.
 */

import { Process, Queue } from "@allcores/multiprocessing";

type Visit = [path: string, milliseconds: number];

/** Stage 1. A real one would read a file, line by line. */
async function readLog(lines: Queue<string>): Promise<void> {
  for (let i = 0; i < 600; i++) {
    const path = ["/", "/prices", "/help"][i % 3];
    await lines.put(i % 50 === 0 ? "# a new day" : `GET ${path} 200 ${i % 7 + 1}ms`);
  }
}

/** Stage 2. What is no visit goes no further. */
async function parseLines(lines: Queue<string>, visits: Queue<Visit>): Promise<void> {
  for await (const line of lines) {
    const [, path, time] = /^GET (\S+) 200 (\d+)ms$/.exec(line) ?? [];
    if (path !== undefined) await visits.put([path, Number(time)]);
  }
}

/** Stage 3. */
async function count(visits: Queue<Visit>): Promise<void> {
  const totals = new Map<string, number[]>();
  for await (const [path, milliseconds] of visits) {
    const [number, sum] = totals.get(path) ?? [0, 0];
    totals.set(path, [number + 1, sum + milliseconds]);
  }
  for (const [path, [n, sum]] of [...totals].sort()) console.log(`${path}: ${n} in ${sum} ms`);
}

if (import.meta.main) {
  const lines = new Queue<string>({ maxSize: 20 });
  const visits = new Queue<Visit>({ maxSize: 20 });
  await using reader = new Process({ target: readLog, args: [lines] });
  await using parser = new Process({ target: parseLines, args: [lines, visits] });
  await using other = new Process({ target: parseLines, args: [lines, visits] });
  await using counter = new Process({ target: count, args: [visits] });
  for (const stage of [reader, parser, other, counter]) await stage.start();
  await reader.join();
  await lines.shutdown();
  await Promise.all([parser.join(), other.join()]);
  await visits.shutdown();
  await counter.join();
}

// Prints:
// /: 196 in 784 ms
// /help: 196 in 788 ms
// /prices: 196 in 780 ms
