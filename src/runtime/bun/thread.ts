/**
 * Threads by Bun's `Worker`.
 *
 * @module
 */

import type { ChildHandle, ExitStatus, ThreadOptions } from "../types.ts";

/** The part of Bun's `Worker` that is used. */
interface BunWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  ref(): void;
  unref(): void;
  addEventListener(type: string, listener: (event: BunWorkerEvent) => void): void;
}

interface BunWorkerEvent {
  readonly data?: unknown;
  readonly code?: number;
  preventDefault(): void;
}

/** The part of a worker's global scope that is used. */
interface BunWorkerScope {
  onmessage: ((event: { data: unknown }) => void) | null;
  postMessage(message: unknown): void;
}

/** The first message of a thread: a message to it could be lost before it listens. */
const HELLO = "allcores:hello";

/**
 * Starts a thread.
 *
 * @param options What to start.
 * @returns The child.
 */
export function startThread(options: ThreadOptions): ChildHandle {
  const { Worker } = globalThis as unknown as {
    Worker: new (url: string, options: { name: string }) => BunWorker;
  };
  const worker = new Worker(options.entry, { name: options.name });
  let killedBy: string | null = null;
  worker.addEventListener("message", (event) => {
    if (event.data === HELLO) worker.postMessage(options.message);
  });
  // The thread reports its own errors.
  worker.addEventListener("error", (event) => event.preventDefault());
  const exited = new Promise<ExitStatus>((resolve) => {
    worker.addEventListener("close", (event) => {
      resolve(killedBy === null ? { code: event.code ?? 0, signal: null } : { code: null, signal: killedBy });
    });
  });
  return {
    pid: null,
    exited,
    stdout: null,
    stderr: null,
    kill: (signal) => {
      killedBy ??= signal;
      worker.terminate();
    },
    ref: () => worker.ref(),
    unref: () => worker.unref(),
  };
}

/** What the creator of this thread sends it; `null` where this is no thread. */
export function threadBoot(): Promise<unknown> | null {
  const { Bun } = globalThis as unknown as { Bun: { isMainThread: boolean } };
  if (Bun.isMainThread) return null;
  const scope = globalThis as unknown as BunWorkerScope;
  return new Promise((resolve) => {
    scope.onmessage = (event) => {
      // A listener would keep the thread alive.
      scope.onmessage = null;
      resolve(event.data);
    };
    scope.postMessage(HELLO);
  });
}
