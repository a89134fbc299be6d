/**
 * Threads by `node:worker_threads`.
 *
 * @module
 */

import type { OutputModes } from "../redirect.ts";
import { ThreadOutput } from "../thread_output.ts";
import type { ChildHandle, ExitStatus, ThreadOptions } from "../children.ts";
import { builtin } from "./globals.ts";
import { setUpProcessOutput, setUpThreadOutput, writeFully } from "./stdio.ts";

type WorkerThreads = typeof import("node:worker_threads");

/** What `boot()` of a thread looks for in its `workerData`. */
interface Envelope {
  readonly allcores: unknown;
  readonly output: OutputModes;
}

/** The exit code of a thread that was stopped. */
const STOPPED = 1;

/**
 * Starts a thread.
 *
 * @param options What to start.
 * @returns The child.
 */
export function startThread(options: ThreadOptions): ChildHandle {
  const { Worker } = builtin<WorkerThreads>("node:worker_threads");
  const output = new ThreadOutput(options);
  const worker = new Worker(new URL(options.entry), {
    name: options.name,
    workerData: { allcores: options.message, output: output.modes } satisfies Envelope,
  });
  let killedBy: string | null = null;
  worker.on("message", (message) => output.take(message));
  const exited = new Promise<ExitStatus>((resolve) => {
    worker.once("exit", (code) => {
      output.end();
      // It may have ended by itself while it was being stopped.
      const isStopped = killedBy !== null && code === STOPPED;
      resolve(isStopped ? { code: null, signal: killedBy } : { code, signal: null });
    });
  });
  // The thread reports its own errors; what arrives here (out of memory, say) ends it with code 1.
  worker.on("error", (error) => {
    output.report(`Process ${options.name}:\n${error}\n`, (bytes) => writeFully(2, bytes));
  });
  return {
    pid: null,
    exited,
    stdout: output.stdout,
    stderr: output.stderr,
    kill: (signal) => {
      killedBy ??= signal;
      void worker.terminate();
    },
    ref: () => worker.ref(),
    unref: () => worker.unref(),
  };
}

/** What the creator of this thread gave it; `null` where this is no thread of this library. Sets up the streams of a child. */
export function threadBoot(): Promise<unknown> | null {
  const { isMainThread, parentPort, workerData } = builtin<WorkerThreads>("node:worker_threads");
  if (isMainThread) {
    setUpProcessOutput();
    return null;
  }
  const envelope = workerData as Envelope | null;
  if (typeof envelope !== "object" || envelope === null || !("allcores" in envelope)) return null;
  setUpThreadOutput(envelope.output, (message) => parentPort!.postMessage(message));
  return Promise.resolve(envelope.allcores);
}
