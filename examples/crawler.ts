/**
 * A crawler: workers take pages from a queue and put the links there that they find, until all are
 * done. A manager knows them all, so that none is visited twice. The site stands in this file.
 *
 * Run: `node examples/crawler.ts`, `bun examples/crawler.ts`, `deno run -A examples/crawler.ts`.
 */

import { BaseManager, JoinableQueue, Process, type Proxied } from "@allcores/multiprocessing";

const site: Record<string, string> = {
  "/": '<title>Home</title> <a href="/tea">tea</a> <a href="/gone">old</a>',
  "/tea": '<title>Tea</title> <a href="/">home</a> <a href="/tea/green">green</a>',
  "/tea/green": '<title>Green tea</title> <a href="/">home</a> <a href="/gone">old</a>',
};

/** Each method is one step for all processes. `claim` tells whether a page is new. */
export class Index {
  readonly #titles = new Map<string, string>();
  claim(path: string): boolean {
    return !this.#titles.has(path) && this.#titles.set(path, "?").has(path);
  }
  store(path: string, title: string): void {
    this.#titles.set(path, title);
  }
  list(): [path: string, title: string][] {
    return [...this.#titles].sort();
  }
}

export async function crawl(paths: JoinableQueue<string>, index: Proxied<Index>): Promise<void> {
  for await (const path of paths) {
    const page = site[path] ?? "<title>nothing</title>";
    await index.store(path, page.match(/<title>(.*?)</)![1]);
    for (const [, link] of page.matchAll(/href="(.*?)"/g)) {
      if (await index.claim(link)) await paths.put(link);
    }
    paths.taskDone();
  }
}

if (import.meta.main) {
  await using manager = new (BaseManager.extend().register("Index", Index))();
  await manager.start();
  const index = await manager.Index();
  const paths = new JoinableQueue<string>();
  const workers = [1, 2, 3].map(() => new Process({ target: crawl, args: [paths, index] }));
  for (const worker of workers) await worker.start();
  if (await index.claim("/")) await paths.put("/");
  await paths.join();
  await paths.shutdown();
  for (const worker of workers) await worker.join();
  for (const [path, title] of await index.list()) console.log(path, title);
}

// Prints:
// / Home
// /gone nothing
// /tea Tea
// /tea/green Green tea
