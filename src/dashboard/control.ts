/**
 * What a page may do to the program: replace a worker when it has done what it has begun, cancel a call or a map.
 *
 * @module
 */

import type { Recorder } from "./data/recorder.ts";
import type { Response } from "./http/response.ts";

/** What a page asks for. */
type Command =
  | { readonly action: "recycle"; readonly pool: number; readonly worker: string }
  | { readonly action: "cancel"; readonly pool: number; readonly job: number };

/**
 * Does what a page asks for.
 *
 * @param recorder Knows the pools.
 * @param body What was sent: JSON.
 * @returns The answer, whose body says as JSON what was done.
 */
export function control(recorder: Recorder, body: string): Response {
  const command = parse(body);
  if (command === null) return { status: 400 };
  const pool = recorder.find(command.pool);
  const isDone = pool !== null &&
    (command.action === "recycle"
      ? pool.retireWorker(command.worker)
      : pool.cancelJob(command.job));
  return { status: 200, type: "application/json", body: JSON.stringify({ isDone }) };
}

function parse(body: string): Command | null {
  let value: Partial<Record<"action" | "pool" | "worker" | "job", unknown>>;
  try {
    value = JSON.parse(body) ?? {};
  } catch {
    return null;
  }
  const { action, pool, worker, job } = value;
  if (!Number.isSafeInteger(pool)) return null;
  const isCommand = action === "recycle" ? typeof worker === "string" : action === "cancel" &&
    Number.isSafeInteger(job);
  return isCommand ? value as Command : null;
}
