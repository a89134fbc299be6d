/**
 * The child's side of a Deno `Worker`: see `thread.ts` for its creator's side.
 *
 * Deno tells nobody that a worker has closed itself, so each way out says it first.
 *
 * @module
 */

import type { OutputMessage, OutputModes } from "../output.ts";
import { deno } from "./globals.ts";
import { setUpThreadOutput } from "./stdio.ts";

/** What the two sides say to each other. */
export type ThreadMessage =
  | { readonly allcores: "hello" }
  | { readonly allcores: "boot"; readonly message: unknown; readonly output: OutputModes }
  | OutputMessage
  | { readonly allcores: "exit"; readonly code: number }
  | { readonly allcores: "stop" }
  | { readonly allcores: "stopping" };

/** The part of a worker's global scope that is used. */
interface WorkerScope {
  onmessage: ((event: { data: ThreadMessage }) => void) | null;
  postMessage(message: ThreadMessage): void;
  close(): void;
}

/** What the creator of this thread sends it; `null` where this is no thread. */
export function threadBoot(): Promise<unknown> | null {
  if (!isThread()) return null;
  const scope = globalThis as unknown as WorkerScope;
  announceExit(scope);
  return new Promise((resolve) => {
    scope.onmessage = ({ data }) => {
      if (data.allcores === "boot") {
        setUpThreadOutput(data.output, (message) => scope.postMessage(message));
        resolve(data.message);
      }
      if (data.allcores === "stop") {
        scope.postMessage({ allcores: "stopping" });
        park();
      }
    };
    scope.postMessage({ allcores: "hello" });
  });
}

/** Whether this is a thread. */
export function isThread(): boolean {
  return "WorkerGlobalScope" in globalThis;
}

const exitCallbacks: ((code: number) => void)[] = [];

/** Calls back when this thread ends by itself: for threads Deno has no such event. */
export function onThreadExit(callback: (code: number) => void): void {
  exitCallbacks.push(callback);
}

/**
 * Ends this thread: its creator takes it for ended, and terminates it afterwards. What Deno still runs of it then is
 * code of an ended party, which has no say any more. It does not close itself, since that would have it run on before.
 */
function park(): never {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  throw new Error("unreachable");
}

function announceExit(scope: WorkerScope): void {
  const exit = (given?: number | string): never => {
    const code = Number(given ?? deno().exitCode) & 0xff;
    for (const callback of exitCallbacks.splice(0)) callback(code);
    scope.postMessage({ allcores: "exit", code });
    return park();
  };
  scope.close = () => exit(0);
  deno().exit = exit;
  const { process } = globalThis as unknown as { process?: { exit: typeof exit } };
  if (process !== undefined) process.exit = exit;
}
