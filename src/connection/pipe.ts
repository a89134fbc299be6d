/**
 * Pipes: two connections that lead to each other.
 *
 * @module
 */

import { programOf } from "../parties/program.ts";
import { checkOptions, show } from "../support/options.ts";
import { createPipe } from "./pipe/pipe_end.ts";
import type { StartMethod } from "../runtime/types.ts";
import { type Connection, connectionOver } from "./connection.ts";
import { getStartMethod } from "../start_method/start_method.ts";

/** What a pipe is like. */
export interface PipeOptions {
  /** Whether messages go both ways; else only from the second connection to the first. @default {true} */
  duplex?: boolean;
}

/**
 * Creates a pipe. Python's `Pipe`.
 *
 * @typeParam A What the first end sends.
 * @typeParam B What the second end sends.
 * @param options What it is like.
 * @returns The two ends: what is sent on one is received from the other. Without `duplex` the receiver and the sender.
 * @throws {TypeError} when an option is of the wrong type.
 * @throws {NotSupportedError} when there is no shared memory for it.
 *
 * @example Talk to a child
 * ```ts
 * import { type Connection, Pipe, Process } from "@allcores/multiprocessing";
 *
 * async function child(connection: Connection<string>) {
 *   await connection.send("hello");
 * }
 *
 * if (import.meta.main) {
 *   const [here, there] = Pipe<string>();
 *   await using process = new Process({ target: child, args: [there] });
 *   await process.start();
 *   console.log(await here.recv()); // hello
 *   await process.join();
 * }
 * ```
 */
export function Pipe<A = unknown, B = A>(
  options?: PipeOptions,
): [Connection<A, B>, Connection<B, A>] {
  return pipeOf(getStartMethod(), options);
}

/** {@linkcode Pipe} of a start method. */
export function pipeOf<A, B>(
  method: StartMethod,
  options: PipeOptions = {},
): [Connection<A, B>, Connection<B, A>] {
  checkOptions("A pipe", options, ["duplex"], "{ duplex: false }");
  const { duplex = true } = options;
  if (typeof duplex !== "boolean") {
    throw new TypeError(`"duplex" must be true or false, got ${show(duplex)}`);
  }
  const [first, second] = createPipe(programOf(method), duplex);
  return [connectionOver(first), connectionOver(second)];
}
