/**
 * Start methods bound: every name of the module, for processes or for threads.
 *
 * @module
 */

import type { Callable } from "../callable/mod.ts";
import { runtime } from "../runtime/current.ts";
import type { Capabilities, StartMethod } from "../runtime/types.ts";
import { cpuCount, currentProcess, exit, isMainProcess, parentProcess } from "./current.ts";
import { forkWith, waitpid, type WaitResult } from "./fork.ts";
import type { WaitOptions } from "../internal/options.ts";
import { Pool } from "./pool.ts";
import { activeChildren, boundMethod, Process } from "./process.ts";
import { checkStartMethod, getStartMethod } from "./start_method.ts";

/**
 * Every name of this module, bound to one start method. Python's context objects.
 *
 * @example Threads and processes in one program
 * ```ts
 * import { getContext } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   const threads = getContext("thread");
 *   await using pool = new threads.Pool(2);
 *   console.log(await pool.map((x: number) => x + 1, [1, 2, 3])); // [ 2, 3, 4 ]
 * }
 * ```
 */
export class Context {
  /** {@linkcode Process} of this start method. */
  readonly Process: typeof Process;
  /** {@linkcode Pool} of this start method. */
  readonly Pool: typeof Pool;
  readonly #method: StartMethod;

  /** @param method The start method. */
  constructor(method: StartMethod) {
    this.#method = method;
    this.Process = bind(Process, method);
    this.Pool = bind(Pool, method);
  }

  /** What this start method can do on this runtime; a plain record. */
  get capabilities(): Capabilities {
    return Object.freeze({ ...runtime.capabilities(this.#method) });
  }

  /** The start method of this context. */
  getStartMethod(): StartMethod {
    return this.#method;
  }

  /** This context. */
  getContext(): this {
    return this;
  }

  /**
   * Refuses: the method of a context does not change.
   *
   * @throws {Error} always.
   */
  setStartMethod(): never {
    throw new Error(`The start method of this context is "${this.#method}", and stays so`);
  }

  /** As the function of the same name. */
  activeChildren(): Process[] {
    return activeChildren();
  }

  /** As the function of the same name. */
  cpuCount(): number {
    return cpuCount();
  }

  /** As the function of the same name. */
  currentProcess(): Process {
    return currentProcess();
  }

  /** As the function of the same name. */
  parentProcess(): ReturnType<typeof parentProcess> {
    return parentProcess();
  }

  /** As the function of the same name. */
  isMainProcess(): boolean {
    return isMainProcess();
  }

  /** As the function of the same name. */
  exit(code?: number | string): never {
    return exit(code);
  }

  /** `fork()` by this start method. */
  fork<Args extends unknown[]>(fn: Callable<Args>, ...args: Args): Promise<number> {
    return forkWith(new this.Process<Args>({ target: fn, args }));
  }

  /** As the function of the same name. */
  waitpid(pid: number, options?: WaitOptions): Promise<WaitResult> {
    return waitpid(pid, options);
  }
}

/** A subclass of the same name, which is all that tells the start methods apart. */
function bind<C extends typeof Process | typeof Pool>(base: C, method: StartMethod): C {
  // deno-lint-ignore no-explicit-any
  const bound = class extends (base as any) {
    static readonly [boundMethod] = method;
  };
  Object.defineProperty(bound, "name", { value: base.name });
  return bound as unknown as C;
}

const contexts = new Map<StartMethod, Context>();

/**
 * The context of a start method. Python's `get_context`.
 *
 * @param method The start method. @default the program's default method
 * @returns The context; the same one for the same method.
 * @throws {TypeError} when there is no such method.
 * @throws {NotSupportedError} when the method cannot be used here; says the remedy.
 *
 * @example
 * ```ts
 * import { getContext } from "@allcores/multiprocessing";
 *
 * console.log(getContext("thread").getStartMethod()); // "thread"
 * ```
 */
export function getContext(method: StartMethod = getStartMethod()): Context {
  checkStartMethod(method);
  let context = contexts.get(method);
  if (context === undefined) {
    context = new Context(method);
    contexts.set(method, context);
  }
  return context;
}
