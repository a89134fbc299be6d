/**
 * The standard streams of threads. A thread has those of its process; where its creator asked for something else, what it
 * writes is taken here, on the thread's side, and carried to the creator's side by the adapter's message port: at
 * once, so that nothing is lost at the end. There is no back-pressure: what is not read stays in memory.
 *
 * A thread that is itself redirected is what its own threads inherit from.
 *
 * @module
 */

import type { StdioMode } from "./children.ts";

/** The number of a standard stream, as everywhere: output or error. */
export type StreamNumber = 1 | 2;

/** What a thread is told about its streams. */
export interface OutputModes {
  readonly stdout: StdioMode;
  readonly stderr: StdioMode;
}

/** How a piece of output travels to the creator. */
export interface OutputMessage {
  readonly allcores: "output";
  readonly stream: StreamNumber;
  readonly bytes: Uint8Array;
}

/** The streams of this thread that are redirected, and where to. */
const redirected = new Map<StreamNumber, (bytes: Uint8Array) => void>();

const encoder = new TextEncoder();

/**
 * Writes to a stream of this thread, if it is redirected.
 *
 * @param stream The stream.
 * @param text What to write, or its bytes.
 * @returns Whether it is.
 */
export function writeRedirected(stream: StreamNumber, text: string | Uint8Array): boolean {
  const write = redirected.get(stream);
  write?.(typeof text === "string" ? encoder.encode(text) : text);
  return write !== undefined;
}

/** The creator's side: what becomes of a thread's output. */
export class ThreadOutput {
  /** What the thread is to be told: whether to send its output here. */
  readonly modes: OutputModes;
  readonly stdout: ReadableStream<Uint8Array> | null;
  readonly stderr: ReadableStream<Uint8Array> | null;
  readonly #streams = new Map<StreamNumber, ReadableStreamDefaultController<Uint8Array>>();

  /** @param modes What was asked for. */
  constructor({ stdout, stderr }: OutputModes) {
    this.modes = { stdout: carried(1, stdout), stderr: carried(2, stderr) };
    this.stdout = stdout === "pipe" ? this.#pipe(1) : null;
    this.stderr = stderr === "pipe" ? this.#pipe(2) : null;
  }

  /**
   * Takes a message of the thread, if it is output.
   *
   * @param message What the thread sent.
   * @returns Whether it was.
   */
  take(message: unknown): boolean {
    if (!isOutput(message)) return false;
    const { stream, bytes } = message;
    const controller = this.#streams.get(stream);
    if (controller !== undefined) controller.enqueue(bytes);
    else redirected.get(stream)?.(bytes);
    return true;
  }

  /**
   * Reports on the thread's behalf what it could not report itself.
   *
   * @param text What to write to its standard error stream.
   * @param write Writes to that of this thread, where the two are the same.
   */
  report(text: string, write: (text: string) => void): void {
    if (this.modes.stderr === "inherit") write(text);
    else if (this.modes.stderr === "pipe") {
      this.take({ allcores: "output", stream: 2, bytes: encoder.encode(text) });
    }
  }

  /** Ends the streams: the thread has ended. */
  end(): void {
    for (const controller of this.#streams.values()) controller.close();
    this.#streams.clear();
  }

  #pipe(stream: StreamNumber): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      start: (controller) => void this.#streams.set(stream, controller),
      cancel: () => void this.#streams.delete(stream),
    });
  }
}

function carried(stream: StreamNumber, mode: StdioMode): StdioMode {
  return mode === "inherit" && redirected.has(stream) ? "pipe" : mode;
}

function isOutput(message: unknown): message is OutputMessage {
  return typeof message === "object" && message !== null &&
    (message as Partial<OutputMessage>).allcores === "output";
}

/**
 * The thread's side: redirects what is written by `process.stdout` and `process.stderr`.
 *
 * @param modes What the creator said.
 * @param send Sends a piece of output to the creator.
 * @returns The streams that are redirected.
 */
export function redirectOutput(
  { stdout, stderr }: OutputModes,
  send: (message: OutputMessage) => void,
): StreamNumber[] {
  const modes: [StreamNumber, StdioMode][] = [[1, stdout], [2, stderr]];
  for (const [stream, mode] of modes) {
    if (mode === "null") redirected.set(stream, () => {});
    if (mode === "pipe") {
      redirected.set(stream, (bytes) => send({ allcores: "output", stream, bytes: bytes.slice() }));
    }
  }
  return [...redirected.keys()];
}

/**
 * Reads a child's stream on, whether or not anybody takes what was read: a child that writes must not wait for its creator, who
 * may wait for the child's end.
 *
 * @param stream What comes from the child.
 * @returns The same, kept in memory until it is taken.
 */
export function readAhead(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  const pump = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      controller.enqueue(value);
    }
  };
  return new ReadableStream<Uint8Array>({
    // It is closed as well where its reader has given it up.
    start: (controller) => void pump(controller).catch((error) => controller.error(error)),
    cancel: (reason) => reader.cancel(reason),
  });
}

/** The part of `process.stdout` that is replaced. */
export interface WritableLike {
  write(chunk: unknown, encoding?: unknown, callback?: unknown): boolean;
}

/**
 * Replaces what a stream of `process` does with what is written to it.
 *
 * @param target The stream.
 * @param write What to do; has written when it returns.
 */
export function replaceWrite(target: WritableLike, write: (bytes: Uint8Array) => void): void {
  target.write = (chunk, encoding, callback) => {
    write(typeof chunk === "string" ? encoder.encode(chunk) : chunk as Uint8Array);
    const done = typeof encoding === "function" ? encoding : callback;
    if (typeof done === "function") queueMicrotask(() => done());
    return true;
  };
}

/**
 * Writes to a redirected stream.
 *
 * @param stream The stream.
 * @param bytes What to write.
 */
export function writeBytes(stream: StreamNumber, bytes: Uint8Array): void {
  redirected.get(stream)?.(bytes);
}

/** What is needed of `node:stream`. */
export interface StreamModule {
  readonly Writable: new (options: {
    write(chunk: Uint8Array, encoding: unknown, done: () => void): void;
  }) => object;
}

/** What is needed of `node:console`. */
export interface ConsoleModule {
  readonly Console: new (streams: { stdout: object; stderr: object }) => object;
}

/** Loads a module of Node's that the runtime brings along. */
export type Load = (name: string) => unknown;

/**
 * Puts another stream in the place of `process.stdout` or `process.stderr`, without making the runtime's own first, which takes
 * longer than the rest of a thread's start.
 *
 * @param process The global `process`.
 * @param stream Which one.
 * @param load Loads `node:stream`.
 */
export function replaceStream(process: object, stream: StreamNumber, load: Load): void {
  let made: object | null = null;
  Object.defineProperty(process, stream === 1 ? "stdout" : "stderr", {
    configurable: true,
    enumerable: true,
    get: () => made ??= redirectedStream(stream, load),
  });
}

function redirectedStream(stream: StreamNumber, load: Load): object {
  const { Writable } = load("node:stream") as StreamModule;
  return new Writable({
    write: (chunk, _encoding, done) => {
      writeBytes(stream, chunk);
      done();
    },
  });
}

type Methods = Record<string, (...args: unknown[]) => unknown>;

/** The methods of a console that write to its error stream; the others write to the other one. */
const ERROR_METHODS: ReadonlySet<string> = new Set(["assert", "error", "trace", "warn"]);
/** The methods that both streams must know of, since they indent what follows. */
const GROUP_METHODS: ReadonlySet<string> = new Set(["group", "groupCollapsed", "groupEnd"]);

/**
 * Lets the global console write to redirected streams, where it is the runtime's own and knows no `process.stdout`. The
 * console that does so is made when the first line is written.
 *
 * @param carried The streams that are redirected.
 * @param load Loads `node:console` and `node:stream`.
 */
export function replaceConsole(carried: readonly StreamNumber[], load: Load): void {
  let made: Methods | null = null;
  const other = (): Methods => made ??= redirectedConsole(load);
  const own = globalThis.console as unknown as Methods;
  for (const name of Object.keys(own)) {
    const original = own[name];
    if (typeof original !== "function" || name === "Console") continue;
    if (carried.includes(ERROR_METHODS.has(name) ? 2 : 1)) {
      own[name] = (...args) => name in other() ? other()[name](...args) : original.apply(own, args);
    } else if (GROUP_METHODS.has(name)) {
      own[name] = (...args) => {
        other()[name]();
        return original.apply(own, args);
      };
    }
  }
}

/** What is written to a stream that is not redirected vanishes: its methods stay the runtime's own. */
function redirectedConsole(load: Load): Methods {
  const { Console } = load("node:console") as ConsoleModule;
  const stdout = redirectedStream(1, load);
  const stderr = redirectedStream(2, load);
  return new Console({ stdout, stderr }) as Methods;
}
