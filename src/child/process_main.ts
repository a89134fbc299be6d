/**
 * What a child does that was started by a `Process`.
 *
 * @module
 */

import { becomeCurrent } from "../api/current.ts";
import { activeChildren, Process } from "../api/process.ts";
import { type AnyFunction, type CallableDescriptor, materialize } from "../callable/mod.ts";
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
  const target = work.target === null ? undefined : await load(work.target) as AnyFunction;
  const subclass = work.subclass === null ? Process : await load(work.subclass);
  const { name, daemon } = self()!;
  const instance = Reflect.construct(
    Process,
    [{ name, daemon, target, args: work.args }],
    subclass,
  ) as Process;
  Object.assign(instance, work.fields);
  becomeCurrent(instance);
  return () => run(instance);
}

/** Materialises a callable or a class. */
export async function load(descriptor: unknown): Promise<AnyFunction> {
  return await materialize(descriptor as CallableDescriptor, importUserModule);
}

async function run(instance: Process): Promise<void> {
  runtime.host.onUncaught(fail);
  try {
    await instance.run();
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

async function childrenEnded(): Promise<void> {
  const children = activeChildren().filter((child) => !child.daemon);
  await Promise.all(children.map((child) => child.join()));
}
