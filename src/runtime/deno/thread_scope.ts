/**
 * The child's side of a Deno `Worker`: see `thread.ts` for its creator's side.
 *
 * Deno tells nobody that a worker has closed itself, so each way out says it first.
 *
 * @module
 */

import { bundledChild } from "../bundled_child.ts";
import { nap } from "../../support/stand_still.ts";
import type { OutputMessage, OutputModes } from "../redirect.ts";
import { deno } from "./globals.ts";
import { setUpThreadInput, setUpThreadOutput } from "./stdio.ts";

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

/** {@linkcode Runtime.awaitThreadMessage}. */
export const awaitThreadMessage: string = `await new Promise((resolve) => {
    onmessage = ({ data }) => { messages.push(data); resolve(); };
    postMessage({ allcores: "hello" });
  });`;

/** What the creator of this thread sends it; `null` where this is no thread. */
export function threadBoot(): unknown {
  if (!isThread()) return null;
  const scope = globalThis as unknown as WorkerScope;
  const close = scope.close.bind(scope);
  announceExit(scope, close);
  let message: unknown;
  let heard = (_message: unknown): void => {};
  const hear = (data: ThreadMessage): void => {
    if (data.allcores === "boot") {
      setUpThreadOutput(data.output, (message) => scope.postMessage(message));
      setUpThreadInput();
      message = data.message;
      heard(message);
    }
    if (data.allcores === "stop") {
      scope.postMessage({ allcores: "stopping" });
      park(close);
    }
  };
  scope.onmessage = ({ data }) => hear(data);
  const early = bundledChild()?.messages as ThreadMessage[] | undefined;
  early?.splice(0).forEach(hear);
  if (message !== undefined) return message;
  return new Promise((resolve) => {
    heard = resolve;
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

/** How long (ms) a thread that has ended stands still, so that its creator can say so to everybody. */
const REST = 50;

/**
 * Ends this thread. `close` lets the running code go on, and even what the event loop has to do besides, but from now on its
 * creator takes it for ended, and gives the memory that it wrote to to others: it must not touch anything any more. So it
 * stands still until that is known, and whatever runs later finds that it has no say.
 */
function park(close: () => void): never {
  nap(REST);
  close();
  nap(Infinity);
  throw new Error("unreachable");
}

function announceExit(scope: WorkerScope, close: () => void): void {
  const exit = (given?: number | string): never => {
    const code = Number(given ?? deno().exitCode) & 0xff;
    for (const callback of exitCallbacks.splice(0)) callback(code);
    scope.postMessage({ allcores: "exit", code });
    return park(close);
  };
  scope.close = () => exit(0);
  deno().exit = exit;
  const { process } = globalThis as unknown as { process?: { exit: typeof exit } };
  if (process !== undefined) process.exit = exit;
}
