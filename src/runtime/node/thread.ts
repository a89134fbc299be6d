/**
 * Threads by `node:worker_threads`.
 *
 * @module
 */

import type { OutputModes } from "../redirect.ts";
import { ThreadOutput } from "../thread_output.ts";
import type { ChildEntry, ChildHandle, ExitStatus, ThreadOptions } from "../children.ts";
import { builtin, nodeProcess } from "./globals.ts";
import { filterFlags } from "./flags.ts";
import { setUpProcessOutput, setUpThreadOutput, writeFully } from "./stdio.ts";

type WorkerThreads = typeof import("node:worker_threads");

type Worker = InstanceType<WorkerThreads["Worker"]>;
type WorkerOptions = ConstructorParameters<WorkerThreads["Worker"]>[1];

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
  const output = new ThreadOutput(options);
  const worker = startWorker(options.entry, {
    name: options.name,
    workerData: { allcores: options.message, output: output.modes } satisfies Envelope,
  });
  let killedBy: string | null = null;
  let failed = false;
  worker.on("message", (message) => output.take(message));
  const exited = new Promise<ExitStatus>((resolve) => {
    worker.once("exit", (code) => {
      output.end();
      // It may have ended by itself while it was being stopped.
      const isStopped = killedBy !== null && code === STOPPED;
      // One that could not even begin says that it has ended well.
      const own = failed ? 1 : code;
      resolve(isStopped ? { code: null, signal: killedBy } : { code: own, signal: null });
    });
  });
  // The thread reports its own errors; what arrives here (out of memory, say) ends it with code 1.
  worker.on("error", (error) => {
    failed = true;
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

/** A flag with which no file can be run, and which a thread has from its process unless it is given flags of its own. */
const TEXT_ONLY = /^--input-type(=|$)/;
/** Node's error for flags that only a process can have. */
const REFUSED = "ERR_WORKER_INVALID_EXEC_ARGV";

/** Starts a thread with the flags of its process, as far as it can run with them. */
function startWorker({ module, text }: ChildEntry, own: WorkerOptions): Worker {
  const { Worker } = builtin<WorkerThreads>("node:worker_threads");
  const { execArgv } = nodeProcess();
  const options = { ...own, eval: text !== undefined };
  const start = text ?? new URL(module);
  if (!execArgv.some((flag) => TEXT_ONLY.test(flag))) return new Worker(start, options);
  for (let flags = filterFlags(execArgv);;) {
    try {
      return new Worker(start, { ...options, execArgv: flags });
    } catch (error) {
      const { code, message } = error as Error & { code?: string };
      // They hold for the whole process. The message ends with a list of them.
      const refused = message.slice(message.indexOf(": ") + 2).split(", ");
      const kept = flags.filter((flag) => !refused.includes(flag));
      if (code !== REFUSED || kept.length === flags.length) throw error;
      flags = kept;
    }
  }
}

/** What the creator of this thread gave it; `null` where this is no thread of this library. Sets up the streams of a child. */
export function threadBoot(): unknown {
  const { isMainThread, parentPort, workerData } = builtin<WorkerThreads>("node:worker_threads");
  if (isMainThread) {
    setUpProcessOutput();
    return null;
  }
  if (!isThread()) return null;
  const envelope = workerData as Envelope;
  setUpThreadOutput(envelope.output, (message) => parentPort!.postMessage(message));
  return envelope.allcores;
}

/** Whether this is a thread of this library. */
export function isThread(): boolean {
  const { isMainThread, workerData } = builtin<WorkerThreads>("node:worker_threads");
  return !isMainThread && typeof workerData === "object" && workerData !== null &&
    "allcores" in workerData;
}
