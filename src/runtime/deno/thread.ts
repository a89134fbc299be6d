/**
 * Threads by Deno's `Worker`.
 *
 * Deno cannot stop a thread that never yields: `terminate()` returns, and the thread goes on. So a thread is asked
 * first; one that does not answer is abandoned, with a warning, and the program's end takes it along. It may still answer
 * later: what it held comes back then. So it is terminated only when it has answered, since that would end it in silence.
 *
 * @module
 */

import { ThreadOutput } from "../thread_output.ts";
import type { ChildHandle, ExitStatus, ThreadOptions } from "../children.ts";
import { textUrl } from "../entry_arguments.ts";
import { type Grants, PERMISSION_NAMES } from "../permissions.ts";
import { deno, listenGlobally } from "./globals.ts";
import { writeFully } from "./stdio.ts";
import type { ThreadMessage } from "./thread_scope.ts";

/** How long (ms) a thread that is to be stopped may compute before it is abandoned. */
const ANSWER_TIME = 1000;
/** The same for one that has not said anything yet: it loads its modules, and cannot hear before. */
const LOAD_TIME = 10_000;
/** The time is counted in parts (ms): one whose creator was held up itself may have answered meanwhile. */
const TICK = 50;

/** The part of Deno's `Worker` that is used. */
interface DenoWorker {
  onmessage: ((event: { data: ThreadMessage }) => void) | null;
  onerror: ((event: { message: string; preventDefault(): void }) => void) | null;
  postMessage(message: ThreadMessage): void;
  terminate(): void;
}

type DenoWorkerConstructor = new (
  url: string,
  options: { type: "module"; name: string; deno?: { permissions: Record<string, unknown> } },
) => DenoWorker;

let abandonedThreads = 0;

/**
 * Starts a thread.
 *
 * @param options What to start.
 * @returns The child.
 */
export function startThread(options: ThreadOptions): ChildHandle {
  return new DenoThread(options);
}

class DenoThread implements ChildHandle {
  readonly pid: null = null;
  readonly stdout: ReadableStream<Uint8Array> | null;
  readonly stderr: ReadableStream<Uint8Array> | null;
  readonly exited: Promise<ExitStatus>;
  readonly #worker: DenoWorker;
  readonly #name: string;
  readonly #output: ThreadOutput;
  #settle: ((status: ExitStatus) => void) | null = null;
  #killedBy: string | null = null;
  #hasLoaded = false;
  /** Called when a thread that was abandoned has ended after all. */
  #onGone: (() => void) | null = null;

  constructor(options: ThreadOptions) {
    const { Worker } = globalThis as unknown as { Worker: DenoWorkerConstructor };
    this.#name = options.name;
    this.#output = new ThreadOutput(options);
    ({ stdout: this.stdout, stderr: this.stderr } = this.#output);
    this.#worker = new Worker(options.entry.module ?? textUrl(options.entry.text), {
      type: "module",
      name: options.name,
      ...limited(options.permissions),
    });
    this.exited = new Promise((resolve) => this.#settle = resolve);
    this.#worker.onmessage = ({ data }) => this.#hear(data, options.message);
    // What the thread does not report itself is a module that cannot be loaded.
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const report = `Process ${options.name}:\n${event.message}\n`;
      this.#output.report(report, (bytes) => writeFully(deno().stderr, bytes));
      this.#end({ code: 1, signal: null });
    };
  }

  kill(signal: string): void {
    if (this.#killedBy !== null || this.#settle === null) return;
    this.#killedBy = signal;
    this.#worker.postMessage({ allcores: "stop" });
    this.#awaitAnswer(signal, 0);
  }

  #awaitAnswer(signal: string, waited: number): void {
    if (this.#settle === null) return;
    if (waited >= (this.#hasLoaded ? ANSWER_TIME : LOAD_TIME)) return this.#abandon(signal);
    setTimeout(() => this.#awaitAnswer(signal, waited + TICK), TICK);
  }

  ref(): void {
    hold(this.#worker, true);
  }

  unref(): void {
    hold(this.#worker, false);
  }

  #hear(data: ThreadMessage, message: unknown): void {
    if (this.#output.take(data)) return;
    const output = this.#output.modes;
    if (data.allcores === "hello") {
      this.#hasLoaded = true;
      this.#worker.postMessage({ allcores: "boot", message, output });
    }
    if (data.allcores === "exit") this.#end({ code: data.code, signal: null });
    if (data.allcores === "stopping") this.#end({ code: null, signal: this.#killedBy });
  }

  #abandon(signal: string): void {
    console.warn(
      `${this.#name} does not yield, and Deno cannot stop such a thread: it goes on until the program ends. ` +
        'Use the start method "process" for work that may have to be stopped',
    );
    if (abandonedThreads++ === 0) endWithProgram();
    const abandoned = new Promise<void>((resolve) => this.#onGone = resolve);
    this.#report({ code: null, signal, abandoned });
    hold(this.#worker, false);
  }

  /** Tells how it has ended, once. */
  #report(status: ExitStatus): void {
    if (this.#settle === null) return;
    this.#output.end();
    this.#settle(status);
    this.#settle = null;
  }

  #end(status: ExitStatus): void {
    this.#report(status);
    this.#onGone?.();
    // Deno lets a thread run on for a moment: by then everybody has to know that it has ended.
    setTimeout(() => this.#worker.terminate());
  }
}

/** How Deno is told what a thread may do; without it, a thread may do what this one may. */
function limited(grants: Grants | null): { deno?: { permissions: Record<string, unknown> } } {
  if (grants === null) return {};
  const entries = PERMISSION_NAMES.map((name) => [name, grants.get(name) ?? false]);
  return { deno: { permissions: Object.fromEntries(entries) } };
}

/** A thread that never yields would hold the program's natural end as well: only an explicit exit ends it. */
function endWithProgram(): void {
  listenGlobally("unload", () => deno().exit(deno().exitCode));
}

/** Deno keeps `ref` and `unref` of a worker under a symbol without a name. */
function hold(worker: DenoWorker, alive: boolean): void {
  const symbol = Object.getOwnPropertySymbols(Object.getPrototypeOf(worker))
    .find((symbol) => !symbol.description);
  if (symbol !== undefined) {
    (worker as unknown as Record<symbol, (alive: boolean) => void>)[symbol](alive);
  }
}
