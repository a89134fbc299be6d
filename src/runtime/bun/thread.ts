/**
 * Threads by Bun's `Worker`.
 *
 * @module
 */

import { shortage } from "../../support/shortage.ts";
import { bundledChild } from "../bundled_child.ts";
import { nodeProcess } from "../node/globals.ts";
import { writeFully } from "../node/stdio.ts";
import type { OutputModes } from "../redirect.ts";
import { redirectThread } from "../replace_streams.ts";
import { ThreadOutput } from "../thread_output.ts";
import { emptyInput } from "../thread_input.ts";
import type { ChildHandle, ExitStatus, ThreadOptions } from "../children.ts";
import { textUrl } from "../entry_arguments.ts";
import { bun } from "./globals.ts";

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
  readonly message?: string;
  preventDefault(): void;
}

/** The part of a worker's global scope that is used. */
interface BunWorkerScope {
  onmessage: ((event: { data: BootMessage }) => void) | null;
  postMessage(message: unknown): void;
}

/** The part of a worker's global scope that reads the standard input. */
interface InputScope {
  readonly console: { [Symbol.asyncIterator](): AsyncIterator<string> };
}

/** What a thread is sent. */
interface BootMessage {
  readonly allcores: unknown;
  readonly output: OutputModes;
}

/** The first message of a thread: a message to it could be lost before it listens. */
const HELLO = "allcores:hello";

/**
 * Starts a thread. Long because each event is one step of the same conversation.
 *
 * @param options What to start.
 * @returns The child.
 */
export function startThread(options: ThreadOptions): ChildHandle {
  const worker = newWorker(options);
  const output = new ThreadOutput(options);
  let killedBy: string | null = null;
  worker.addEventListener("message", (event) => {
    if (event.data === HELLO) {
      worker.postMessage({ allcores: options.message, output: output.modes } satisfies BootMessage);
    } else {
      output.take(event.data);
    }
  });
  let failed = false;
  // The thread reports its own errors, but for those that a test runner takes from it.
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    failed = true;
    output.report(
      `Process ${options.name}:\n${withoutSource(event.message ?? "")}\n`,
      (bytes) => writeFully(2, bytes),
    );
  });
  const exited = new Promise<ExitStatus>((resolve) => {
    worker.addEventListener("close", (event) => {
      output.end();
      const code = failed ? 1 : event.code ?? 0;
      resolve(killedBy === null ? { code, signal: null } : { code: null, signal: killedBy });
    });
  });
  return {
    pid: null,
    exited,
    stdout: output.stdout,
    stderr: output.stderr,
    kill: (signal) => {
      killedBy ??= signal;
      worker.terminate();
    },
    ref: () => worker.ref(),
    unref: () => worker.unref(),
  };
}

/** What fails here is only that the system gives no thread. */
function newWorker({ entry, name }: ThreadOptions): BunWorker {
  const { Worker } = globalThis as unknown as {
    Worker: new (url: string, options: { name: string }) => BunWorker;
  };
  try {
    return new Worker(entry.module ?? textUrl(entry.text), { name });
  } catch (cause) {
    throw shortage("EAGAIN", cause);
  }
}

/** Bun shows lines of the source in front of an error, with a mark below the place; and no class of a plain error. */
function withoutSource(message: string): string {
  const lines = message.split("\n").filter((line) => !/^ *(\d+ \| .*|\^)$/.test(line));
  return lines.join("\n").replace(/^error: /, "Error: ");
}

/** {@linkcode Runtime.awaitThreadMessage}: a listener would keep the thread alive. */
export const awaitThreadMessage: string = `await new Promise((resolve) => {
    onmessage = ({ data }) => { onmessage = null; messages.push(data); resolve(); };
    postMessage("${HELLO}");
  });`;

/** What the creator of this thread sends it; `null` where this is no thread. */
export function threadBoot(): unknown {
  if (!isThread()) return null;
  const scope = globalThis as unknown as BunWorkerScope;
  const setUp = ({ allcores, output }: BootMessage): unknown => {
    redirectThread(output, (message) => scope.postMessage(message));
    emptyThreadInput();
    hearLastRejection();
    return allcores;
  };
  const [early] = bundledChild()?.messages ?? [];
  if (early !== undefined) return setUp(early as BootMessage);
  return new Promise((resolve) => {
    scope.onmessage = (event) => {
      scope.onmessage = null;
      resolve(setUp(event.data));
    };
    scope.postMessage(HELLO);
  });
}

/** Whether this is a thread. */
export function isThread(): boolean {
  const { Bun } = globalThis as unknown as { Bun: { isMainThread: boolean } };
  return !Bun.isMainThread;
}

/** A thread whose last act is a rejection ends before that is found to be unhandled, unless there is one more turn. */
function hearLastRejection(): void {
  let isHeard = false;
  nodeProcess().on("beforeExit", () => {
    if (!isHeard) setImmediate(() => {});
    isHeard = true;
  });
}

/** Bun's own ways to read the standard input have to be replaced each by itself. */
function emptyThreadInput(): void {
  emptyInput();
  // Not the file of the null device, whose stream Bun cannot read.
  Object.defineProperty(bun(), "stdin", { value: new Blob([]) });
  const scope = globalThis as unknown as InputScope;
  scope.console[Symbol.asyncIterator] = async function* () {};
  Object.assign(scope, { prompt: () => null, confirm: () => false, alert: () => {} });
}
