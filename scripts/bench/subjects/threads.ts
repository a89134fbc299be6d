/**
 * A thread or process of the runtime itself, and the messages that it offers: alike on Deno, Bun and Node.
 *
 * @module
 */

import { type ChildProcess, fork } from "node:child_process";
import { Worker as NodeWorker } from "node:worker_threads";

/** What messages go through. */
export interface Channel {
  post(message: unknown): void;
  onMessage(handle: (message: unknown) => void): void;
  /** Ends the other side. */
  stop(): void;
}

interface WebWorker {
  postMessage(message: unknown): void;
  onmessage: ((event: { data: unknown }) => void) | null;
  terminate(): void;
}
declare const Worker: new (url: string, options: { type: "module" }) => WebWorker;

/** Starts a thread: the kind that the runtime calls its own. */
export function startThread(file: URL): Channel {
  if (!("Worker" in globalThis)) return startNodeThread(file);
  const worker = new Worker(file.href, { type: "module" });
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (handle) => worker.onmessage = ({ data }) => handle(data),
    stop: () => worker.terminate(),
  };
}

function startNodeThread(file: URL): Channel {
  const worker = new NodeWorker(file);
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (handle) => void worker.on("message", handle),
    stop: () => void worker.terminate(),
  };
}

/** Starts a process with a channel. */
export function startProcess(file: URL): Channel {
  const child: ChildProcess = fork(file, [], { serialization: "advanced" });
  return {
    post: (message) => void child.send(message as object),
    onMessage: (handle) => void child.on("message", handle),
    stop: () => void child.kill(),
  };
}
