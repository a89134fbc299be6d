/**
 * What was begun and not awaited, and must be finished before this process or thread ends: puts that wait for room, say. Where an
 * event loop ends by itself it waits for them; a thread that is ended when its function has returned has to ask, and an end at
 * once can only tell what it loses.
 *
 * @module
 */

const unfinished = new Set<Promise<unknown>>();
/** What an end at once would lose, in words, and how much of each. */
const atRisk = new Map<string, number>();

/**
 * Keeps this process or thread from ending by itself before something is finished, well or not.
 *
 * @param work What was begun.
 * @param what What it is about: see {@linkcode risk}.
 * @returns Lets it end all the same.
 */
export function finishBeforeEnd(work: Promise<unknown>, what: string): () => void {
  const isSafe = risk(what);
  const forget = (): void => {
    unfinished.delete(work);
    isSafe();
  };
  unfinished.add(work);
  work.then(forget, forget);
  return forget;
}

/**
 * Notes something that an end at once may lose.
 *
 * @param what What it is, in words, with `(s)` behind what may be more than one: `message(s) that …`.
 * @returns Says that it is lost no more.
 */
export function risk(what: string): () => void {
  atRisk.set(what, (atRisk.get(what) ?? 0) + 1);
  let isAtRisk = true;
  return () => {
    if (!isAtRisk) return;
    isAtRisk = false;
    const left = atRisk.get(what)! - 1;
    if (left > 0) atRisk.set(what, left);
    else atRisk.delete(what);
  };
}

/** What an end at once would lose, with the amounts: `2 item(s) that …`. */
export function lostByEnd(): string[] {
  return [...atRisk].map(([what, count]) => `${count} ${what}`);
}

/** Resolves when everything is finished that was begun. */
export async function allFinished(): Promise<void> {
  while (unfinished.size > 0) await Promise.allSettled([...unfinished]);
}
