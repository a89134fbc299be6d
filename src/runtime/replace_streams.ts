/**
 * What a program writes by, put in the way to redirected streams: `process.stdout`, `process.stderr` and the console.
 *
 * @module
 */

import {
  type OutputMessage,
  type OutputModes,
  redirectOutput,
  type StreamNumber,
  writeRedirected,
} from "./redirect.ts";

/** What is needed of `node:stream`. */
interface StreamModule {
  readonly Writable: new (options: {
    write(chunk: Uint8Array, encoding: unknown, done: () => void): void;
  }) => object;
}

/** What is needed of `node:console`. */
interface ConsoleModule {
  readonly Console: new (streams: { stdout: object; stderr: object }) => object;
}

/** What is needed of the global `process`. */
interface Process {
  getBuiltinModule(name: string): unknown;
}

/**
 * Redirects the streams of this thread, and whatever writes to them, where the runtime carries nothing itself.
 *
 * @param modes What the creator said.
 * @param send Sends a piece of output to the creator.
 * @returns The streams that are redirected.
 */
export function redirectThread(
  modes: OutputModes,
  send: (message: OutputMessage) => void,
): StreamNumber[] {
  const carried = redirectOutput(modes, send);
  for (const stream of carried) replaceStream(stream);
  if (carried.length > 0) replaceConsole(carried);
  return carried;
}

/** Not called before it must be: where a runtime makes it at the first use, that takes milliseconds. */
function nodeProcess(): Process {
  return (globalThis as unknown as { process: Process }).process;
}

/**
 * Puts another stream in the place of `process.stdout` or `process.stderr`, without making the runtime's own first, which takes
 * longer than the rest of a thread's start.
 */
function replaceStream(stream: StreamNumber): void {
  let made: object | null = null;
  Object.defineProperty(nodeProcess(), stream === 1 ? "stdout" : "stderr", {
    configurable: true,
    enumerable: true,
    get: () => made ??= redirectedStream(stream),
  });
}

function redirectedStream(stream: StreamNumber): object {
  const { Writable } = nodeProcess().getBuiltinModule("node:stream") as StreamModule;
  return new Writable({
    write: (chunk, _encoding, done) => {
      writeRedirected(stream, chunk);
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
 */
function replaceConsole(carried: readonly StreamNumber[]): void {
  let made: Methods | null = null;
  const other = (): Methods => made ??= redirectedConsole();
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
function redirectedConsole(): Methods {
  const { Console } = nodeProcess().getBuiltinModule("node:console") as ConsoleModule;
  const stdout = redirectedStream(1);
  const stderr = redirectedStream(2);
  return new Console({ stdout, stderr }) as Methods;
}
