/**
 * What was begun and not awaited, and must be finished before this process or thread ends: puts that wait for room, say. Where an
 * event loop ends by itself it waits for them; a thread that is ended when its function has returned has to ask.
 *
 * @module
 */

const unfinished = new Set<Promise<unknown>>();

/**
 * Keeps this process or thread from ending by itself before something is finished, well or not.
 *
 * @param work What was begun.
 * @returns Lets it end all the same.
 */
export function finishBeforeEnd(work: Promise<unknown>): () => void {
  const forget = (): void => void unfinished.delete(work);
  unfinished.add(work);
  work.then(forget, forget);
  return forget;
}

/** Resolves when everything is finished that was begun. */
export async function allFinished(): Promise<void> {
  while (unfinished.size > 0) await Promise.allSettled([...unfinished]);
}
