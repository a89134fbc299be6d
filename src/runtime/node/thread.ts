/**
 * Threads by `node:worker_threads`.
 *
 * @module
 */

import type { ChildHandle, ExitStatus, ThreadOptions } from "../types.ts";
import { builtin } from "./globals.ts";

type WorkerThreads = typeof import("node:worker_threads");

/** What `boot()` of a thread looks for in its `workerData`. */
interface Envelope {
  readonly allcores: unknown;
}

/**
 * Starts a thread.
 *
 * @param options What to start.
 * @returns The child.
 */
export function startThread(options: ThreadOptions): ChildHandle {
  const { Worker } = builtin<WorkerThreads>("node:worker_threads");
  const worker = new Worker(new URL(options.entry), {
    name: options.name,
    workerData: { allcores: options.message } satisfies Envelope,
  });
  let killedBy: string | null = null;
  const exited = new Promise<ExitStatus>((resolve) => {
    worker.once("exit", (code) => {
      resolve(killedBy === null ? { code, signal: null } : { code: null, signal: killedBy });
    });
  });
  // The thread reports its own errors; what arrives here (out of memory, say) ends it with code 1.
  worker.on("error", () => {});
  return {
    pid: null,
    exited,
    stdout: null,
    stderr: null,
    kill: (signal) => {
      killedBy ??= signal;
      void worker.terminate();
    },
    ref: () => worker.ref(),
    unref: () => worker.unref(),
  };
}

/** What the creator of this thread gave it; `null` where this is no thread of this library. */
export function threadBoot(): Promise<unknown> | null {
  const { isMainThread, workerData } = builtin<WorkerThreads>("node:worker_threads");
  if (isMainThread) return null;
  const envelope = workerData as Envelope | null;
  return typeof envelope === "object" && envelope !== null && "allcores" in envelope
    ? Promise.resolve(envelope.allcores)
    : null;
}
