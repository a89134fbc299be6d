/**
 * The channel to the creator of this thread or process, which `threads.ts` started.
 *
 * @module
 */

import process from "node:process";
import { isMainThread, parentPort } from "node:worker_threads";
import type { Channel } from "./threads.ts";

interface WorkerScope {
  postMessage(message: unknown): void;
  onmessage: ((event: { data: unknown }) => void) | null;
}
declare const self: WorkerScope;

/** The creator. */
export const creator: Pick<Channel, "post" | "onMessage"> = findCreator();

function findCreator(): Pick<Channel, "post" | "onMessage"> {
  // Deno takes the threads of its own kind for main threads.
  if (isMainThread && !("WorkerGlobalScope" in globalThis)) {
    return {
      post: (message) => void process.send!(message),
      onMessage: (handle) => void process.on("message", handle),
    };
  }
  if ("Worker" in globalThis) {
    return {
      post: (message) => self.postMessage(message),
      onMessage: (handle) => self.onmessage = ({ data }) => handle(data),
    };
  }
  return {
    post: (message) => parentPort!.postMessage(message),
    onMessage: (handle) => void parentPort!.on("message", handle),
  };
}
