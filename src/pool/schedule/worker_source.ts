/**
 * Where the workers of a pool come from: everything that a new one is told and given.
 *
 * It knows nothing of the pool itself, so that a pool that is forgotten can be collected while its workers work.
 *
 * @module
 */

import type { PackedFunction } from "../../callable/mod.ts";
import { programOf } from "../../parties/program.ts";
import type { BootMessage } from "../../identity/boot.ts";
import { takeGrants } from "../../process/permissions.ts";
import { runtime } from "../../runtime/current.ts";
import type { StartMethod } from "../../runtime/types.ts";
import { childPath, describeChild } from "../../process/children.ts";
import type { PoolOptions } from "./pool_options.ts";
import { PoolWorker } from "./worker.ts";

/** Starts the workers of one pool. */
export class WorkerSource {
  /** What each worker calls before its first task. */
  initializer: PackedFunction | null = null;
  /** What each worker calls before it ends. */
  finalizer: PackedFunction | null = null;
  readonly #method: StartMethod;
  readonly #options: PoolOptions;
  readonly #initArgs: readonly unknown[];
  readonly #tasks: number;
  #count = 0;

  /**
   * @param method How they are started.
   * @param options What they have in common.
   * @param initArgs A copy: workers that are started later get what the first ones got.
   * @param tasks How many tasks each may run.
   */
  constructor(
    method: StartMethod,
    options: PoolOptions,
    initArgs: readonly unknown[],
    tasks: number,
  ) {
    this.#method = method;
    this.#options = options;
    this.#initArgs = initArgs;
    this.#tasks = tasks;
  }

  /**
   * Starts a worker.
   *
   * @returns The worker.
   * @throws {ProcessError} when it cannot be started.
   */
  start(): PoolWorker {
    const { name = "PoolWorker", daemon = true, env, execArgv, permissions } = this.#options;
    const message = {
      self: describeChild(`${name}-${++this.#count}`, daemon, childPath(), this.#method, true),
      work: {
        kind: "worker",
        initializer: this.initializer,
        initArgs: this.#initArgs,
        finalizer: this.finalizer,
        isWatched: this.#options.taskTimeout !== undefined,
      },
    } as unknown as BootMessage;
    const worker = new PoolWorker(programOf(this.#method), message, {
      runtime: this.#options.runtime ?? runtime.name,
      env: env === undefined ? null : { ...runtime.program.environment(), ...env },
      cwd: null,
      execArgv: execArgv ?? null,
      permissions: takeGrants(permissions),
      stdout: "inherit",
      stderr: "pipe",
    });
    worker.quota = this.#tasks;
    return worker;
  }
}
