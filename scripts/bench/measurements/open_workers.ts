import type { Effort, Subject, Workers } from "../types.ts";

/** Starts workers, and waits for the first answer of one of them: how long (ms) that takes is a figure of its own. */
export async function openWorkers(
  subject: Subject,
  { workers: count }: Pick<Effort, "workers">,
): Promise<{ workers: Workers; first: number }> {
  const started = performance.now();
  const workers = await subject.open(count);
  await workers.call("increment", 1);
  return { workers, first: performance.now() - started };
}
