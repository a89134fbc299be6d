/**
 * What a child does that was started by a `Process`.
 *
 * @module
 */

import { childrenEnded } from "../api/children.ts";
import { materialize } from "../callable/materialize.ts";
import type { CallableDescriptor } from "../callable/descriptor.ts";
import type { AnyFunction } from "../callable/types.ts";
import type { ProcessWork } from "../internal/boot.ts";
import { importUserModule, self } from "../internal/self.ts";
import { runtime } from "../runtime/current.ts";

/**
 * Gets everything that the work needs.
 *
 * @param work The work.
 * @returns What does it.
 * @throws when a module or an export is missing.
 */
export async function prepareProcess(work: ProcessWork): Promise<() => Promise<void>> {
  const target = work.target === null ? undefined : await load(work.target);
  if (work.subclass === null) return () => run(() => target?.(...work.args));
  const subclass = await load(work.subclass);
  // Only a subclass needs the class itself: the ordinary child starts without it.
  const { createInstance } = await import("./subclass.ts");
  const instance = createInstance(subclass, target, work);
  return () => run(() => instance.run());
}

/** Materialises a callable or a class. */
export async function load(descriptor: unknown): Promise<AnyFunction> {
  return await materialize(descriptor as CallableDescriptor, importUserModule);
}

async function run(work: () => unknown): Promise<void> {
  runtime.host.onUncaught(fail);
  try {
    await work();
  } catch (error) {
    printError(error);
    runtime.host.setExitCode(1);
    await childrenEnded();
    runtime.host.exit(1);
  }
  if (runtime.capabilities(self()!.method).drainsEventLoop) return;
  await childrenEnded();
  runtime.host.exit(0);
}

function fail(error: unknown): void {
  printError(error);
  runtime.host.exit(1);
}

function printError(error: unknown): void {
  const text = error instanceof Error ? error.stack ?? String(error) : `Uncaught ${String(error)}`;
  const headed = error instanceof Error && !text.includes(error.message) ? `${error}\n${text}` : text;
  runtime.host.writeError(`Process ${self()!.name}:\n${headed}\n`);
}
