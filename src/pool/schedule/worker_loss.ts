/**
 * Why a worker is lost: what is known of its end, and what it is likely to mean.
 *
 * @module
 */

import { type WorkerLostCause, WorkerLostError } from "../../errors.ts";
import { FRAME } from "./stderr_tail.ts";
import { describeExit, signalName } from "../../process/exit_status.ts";

/** What is known of the end of a worker. */
export interface Loss {
  /** The worker's name. */
  readonly worker: string;
  readonly pid: number;
  /** The exit code, or minus the signal's number. */
  readonly exitCode: number;
  /** What it was doing. */
  readonly task: string;
  /** Whether it had done that, and its result could not be read any more. */
  readonly isDone: boolean;
  /** What it wrote last to its standard error stream. */
  readonly stderr: string[];
  /** The error that it reported since nobody caught it; `null` where there was none. */
  readonly uncaught: string | null;
  /** The memory that it was ended for. */
  readonly excess: { readonly bytes: number; readonly limit: number } | null;
  /** Whether the system ended processes for want of memory while it lived. */
  readonly wasMemoryShort: boolean;
}

/** What the runtimes say when they have no memory left. */
const OUT_OF_MEMORY = /out[ -]of[ -]memory|OutOfMemory|heap limit|OUT_OF_MEMORY|memory limit/i;

const MEANINGS: Readonly<Record<WorkerLostCause, string>> = {
  "out of memory": "it probably ran out of memory",
  "memory limit": "it had more memory than maxMemoryPerChild allows",
  "killed": "something outside of the pool probably killed it",
  "crash": "the runtime or native code in it probably crashed",
  "uncaught error": "an error was not caught",
  "exit": "the task, or something that it started, ended it",
};

/**
 * The error of a task that ended with its worker.
 *
 * @param loss What is known.
 * @returns The error.
 */
export function lostError(loss: Loss): WorkerLostError {
  const { worker, pid, exitCode, task, stderr, excess } = loss;
  const likelyCause = causeOf(loss);
  const when = loss.isDone ? `before the result of ${task} was read` : `while it ran ${task}`;
  const amount = excess === null ? "" : ` (${excess.bytes} of ${excess.limit} bytes)`;
  return new WorkerLostError(
    `${worker} (pid ${pid}) ended by ${describeExit(exitCode)} ${when}: ` +
      `${MEANINGS[likelyCause]}${amount}${wordsOf(loss)}`,
    { worker, pid, exitCode, signal: signalName(exitCode), task, stderr, likelyCause },
  );
}

/** What the worker itself said of its end. */
function wordsOf({ stderr, uncaught }: Loss): string {
  if (uncaught !== null) return `: ${uncaught}`;
  // What a stack is about stands in front of it.
  const lines = stderr.filter((line) => !FRAME.test(line)).slice(-3);
  return lines.length === 0 ? "" : `. It last wrote: ${lines.join(" / ")}`;
}

/** The cause that explains an end best. */
function causeOf({ exitCode, stderr, uncaught, excess, wasMemoryShort }: Loss): WorkerLostCause {
  if (excess !== null) return "memory limit";
  if (exitCode !== 0 && stderr.some((line) => OUT_OF_MEMORY.test(line))) return "out of memory";
  if (exitCode >= 0) return uncaught !== null ? "uncaught error" : "exit";
  switch (signalName(exitCode)) {
    case "SIGKILL":
      return wasMemoryShort ? "out of memory" : "killed";
    case "SIGSEGV":
    case "SIGBUS":
    case "SIGILL":
    case "SIGFPE":
    case "SIGABRT":
    case "SIGTRAP":
      return "crash";
    default:
      return "killed";
  }
}
