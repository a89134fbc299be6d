/**
 * The children of this process or thread, and what becomes of them at its end: daemons are ended; the others keep
 * the event loop alive, and are waited for in this way.
 *
 * @module
 */

import { isImporting, type Self, self } from "../internal/self.ts";
import { ProcessError } from "../errors.ts";
import { runtime } from "../runtime/current.ts";
import type { ChildHandle, StartMethod } from "../runtime/types.ts";

let count = 0;

/** Counts from 1 again: the object that stands for a child in the child itself is none of its children. */
export function resetChildNumbers(): void {
  count = 0;
}

const daemons = new Set<ChildHandle>();
let endsDaemons = false;

/**
 * The place of the next child in the program.
 *
 * @returns The numbers of the children on the way to it.
 */
export function childPath(): number[] {
  return [...self()?.path ?? [], ++count];
}

/** The program's main module, as a list of one or none. */
export function mainModule(): string[] {
  const main = self()?.mainModule ?? runtime.host.mainModule;
  return main === null ? [] : [main];
}

/**
 * What a child is told about itself.
 *
 * @param name Its name.
 * @param daemon Whether it ends with this process.
 * @param path Its place in the program.
 * @param method How it is started.
 * @param poolWorker Whether it is a worker of a pool.
 * @returns The description.
 */
export function describeChild(
  name: string,
  daemon: boolean,
  path: readonly number[],
  method: StartMethod,
  poolWorker: boolean,
): Self {
  const here = self();
  return {
    name,
    daemon,
    path,
    method,
    poolWorker,
    creatorName: here?.name ?? "MainProcess",
    creatorPid: runtime.host.pid,
    mainModule: mainModule()[0] ?? null,
    args: here?.args ?? runtime.host.args,
  };
}

/**
 * Refuses to start children where that must not be.
 *
 * @param what What was to be started, for the error.
 * @throws {ProcessError} in a daemon, and while a module is being imported on behalf of the creator.
 */
export function checkMayHaveChildren(what: string): void {
  if (isImporting()) {
    throw new ProcessError(
      `Cannot start ${what} while this module is being imported by a worker: the worker would start it again, and so on. ` +
        "Put the program's main part under `if (import.meta.main)` or `if (isMainProcess())`",
    );
  }
  const child = self();
  if (child?.daemon) {
    throw new ProcessError(
      `Cannot start ${what} in ${child.name}: daemonic processes are not allowed to have children` +
        (child.poolWorker ? ". new Pool({ daemon: false }) gives workers that may" : ""),
    );
  }
}

/**
 * Takes a daemon into account, which does not outlive this process.
 *
 * @param handle The child.
 */
export function ownDaemon(handle: ChildHandle): void {
  daemons.add(handle);
  void handle.exited.then(() => daemons.delete(handle));
  handle.unref();
  if (endsDaemons) return;
  endsDaemons = true;
  runtime.host.onExit(() => {
    for (const daemon of daemons) daemon.kill("SIGTERM");
  });
}
