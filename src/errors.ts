/**
 * Every error class of the module. Misuse of arguments is a `TypeError` or a `RangeError`; the classes
 * here are for conditions that a caller may want to catch.
 *
 * @module
 */

/**
 * The base of every error class of this module.
 *
 * Python's `multiprocessing.ProcessError` is the nearest relative; Python has no common base.
 *
 * @example Catch whatever this module may raise
 * ```ts
 * import { MultiprocessingError, Pool } from "@allcores/multiprocessing";
 *
 * try {
 *   await using pool = new Pool(2);
 *   await pool.apply(() => 1);
 * } catch (error) {
 *   if (error instanceof MultiprocessingError) console.error(error.message);
 * }
 * ```
 */
export class MultiprocessingError extends Error {
  /** The class's name, also after minification. */
  override name: string = "MultiprocessingError";
}

/** Raised when a process is used in a state that does not allow it: started twice, joined before its start, used after `close()`. Python's `ProcessError`. */
export class ProcessError extends MultiprocessingError {
  /** The class's name. */
  override name: string = "ProcessError";
}

/**
 * Why a worker probably died:
 *
 * - `"out of memory"`: the runtime said so, or the system ended processes for want of memory;
 * - `"memory limit"`: the pool ended it, since it had more than `maxMemoryPerChild`;
 * - `"killed"`: by a signal from outside;
 * - `"crash"`: of the runtime, or of native code in it;
 * - `"uncaught error"`: an error that nobody caught, outside of a task's own code;
 * - `"exit"`: by `exit()`, `process.exit()` and the like.
 */
export type WorkerLostCause =
  | "out of memory"
  | "memory limit"
  | "killed"
  | "crash"
  | "uncaught error"
  | "exit";

/** What is known of a worker that died: see {@linkcode WorkerLostError}. */
export interface WorkerLostDetails {
  /** The name of the worker, for example `PoolWorker-3`. */
  worker: string;
  /** The process id of the worker. */
  pid: number | null;
  /** The exit code, or minus the signal's number. */
  exitCode: number | null;
  /** The signal's name, for example `SIGKILL`, where a signal ended the worker. */
  signal: string | null;
  /** What the worker was doing, for example `resize(…)`. */
  task: string;
  /** The last lines that the worker wrote to its standard error stream. */
  stderr: string[];
  /** Why the worker probably ended. */
  likelyCause: WorkerLostCause;
}

/** Raised when the worker that ran a task ended before the task did. Python's `Pool` waits for ever instead. */
export class WorkerLostError extends MultiprocessingError {
  /** The class's name. */
  override name: string = "WorkerLostError";
  /** The name of the worker. */
  worker: string;
  /** The process id of the worker. */
  pid: number | null;
  /** The exit code, or minus the signal's number. */
  exitCode: number | null;
  /** The signal's name, where a signal ended the worker. */
  signal: string | null;
  /** What the worker was doing. */
  task: string;
  /** The last lines of the worker's standard error stream. */
  stderr: string[];
  /** Why the worker probably ended. */
  likelyCause: WorkerLostCause;

  /**
   * Creates the error.
   *
   * @param message What happened, and what to do.
   * @param details What is known of the worker.
   */
  constructor(message: string, details: WorkerLostDetails) {
    super(message);
    this.worker = details.worker;
    this.pid = details.pid;
    this.exitCode = details.exitCode;
    this.signal = details.signal;
    this.task = details.task;
    this.stderr = details.stderr;
    this.likelyCause = details.likelyCause;
  }
}

/** Raised when a pool cannot work at all, for example because its initializer fails. */
export class BrokenPoolError extends MultiprocessingError {
  /** The class's name. */
  override name: string = "BrokenPoolError";
}

/** Raised when a closed or terminated pool is asked to do something. */
export class PoolClosedError extends MultiprocessingError {
  /** The class's name. */
  override name: string = "PoolClosedError";
}

/** Raised when a wait ends because its `timeout` (ms) is over. Nothing was consumed by that wait. */
export class TimeoutError extends MultiprocessingError {
  /** The class's name. */
  override name: string = "TimeoutError";
}

/** Raised when the result of a cancelled task is asked for. */
export class CancelledError extends MultiprocessingError {
  /** The class's name. */
  override name: string = "CancelledError";
}

/** Raised when nothing could be taken from a queue in time. Python's `queue.Empty`. */
export class Empty extends MultiprocessingError {
  /** The class's name. */
  override name: string = "Empty";
}

/** Raised when nothing could be put into a queue in time. Python's `queue.Full`. */
export class Full extends MultiprocessingError {
  /** The class's name. */
  override name: string = "Full";
}

/** Raised when a queue was shut down. Python's `queue.ShutDown`. */
export class ShutDown extends MultiprocessingError {
  /** The class's name. */
  override name: string = "ShutDown";
}

/** Raised when the other side of a connection is closed and everything that it sent was read, or when something is sent to it. Python's `EOFError` and `BrokenPipeError`. */
export class EOFError extends MultiprocessingError {
  /** The class's name. */
  override name: string = "EOFError";
}

/** Raised when a barrier is broken, aborted or reset while somebody waits at it. */
export class BrokenBarrierError extends MultiprocessingError {
  /** The class's name. */
  override name: string = "BrokenBarrierError";
}

/** Raised when the two sides of a connection do not share the same key. */
export class AuthenticationError extends ProcessError {
  /** The class's name. */
  override name: string = "AuthenticationError";
}

/** Raised when a message is longer than the buffer that it should be read into. */
export class BufferTooShort extends ProcessError {
  /** The class's name. */
  override name: string = "BufferTooShort";
  /** The whole message, which was taken from the connection. */
  data: Uint8Array;

  /**
   * Creates the error.
   *
   * @param message What happened.
   * @param data The whole message.
   */
  constructor(message: string, data: Uint8Array) {
    super(message);
    this.data = data;
  }
}

/** Raised when a value cannot cross to another process; it names the path to the part that cannot. */
export class SerializationError extends MultiprocessingError {
  /** The class's name. */
  override name: string = "SerializationError";
  /** Where in the value the refused part stands, for example `args[0].user.socket`. */
  path: string;

  /**
   * Creates the error.
   *
   * @param message What cannot be sent, and what to do.
   * @param path Where the refused part stands, for example `args[0].user.socket`.
   */
  constructor(message: string, path: string = "") {
    super(message);
    this.path = path;
  }
}

/** An outer variable of a function: see {@linkcode FreeVariableError}. */
export interface FreeVariable {
  /** The variable's name. */
  name: string;
  /** The line of the function's text on which it is first used, counted from 1. */
  line: number;
}

/** Raised when a function uses outer variables and so cannot run in another process as it is. */
export class FreeVariableError extends MultiprocessingError {
  /** The class's name. */
  override name: string = "FreeVariableError";
  /** The outer variables, each with the line of its first use. */
  variables: FreeVariable[];

  /**
   * Creates the error.
   *
   * @param message The function, its outer variables, and the remedies.
   * @param variables The outer variables.
   */
  constructor(message: string, variables: FreeVariable[]) {
    super(message);
    this.variables = variables;
  }
}

/** Raised when the runtime or the start method cannot do what was asked for. */
export class NotSupportedError extends MultiprocessingError {
  /** The class's name. */
  override name: string = "NotSupportedError";
}

/** Stands for an error of another process that cannot be rebuilt here. Python's `managers.RemoteError`. */
export class RemoteError extends MultiprocessingError {
  /** The class's name. */
  override name: string = "RemoteError";
}
