/**
 * What a process is to do: for the child, and for whoever calls `run()` here.
 *
 * @module
 */

import {
  type AnyClass,
  type Callable,
  packClass,
  packFunction,
  unpackFunction,
} from "../callable/mod.ts";
import type { ProcessWork } from "../identity/boot.ts";
import { importUserModule } from "../identity/self.ts";
import type { WriteValue } from "./child_life.ts";
import type { ProcessOptions } from "./options.ts";

/** What is to be done, as the creator has it. */
export interface WorkPlan {
  // deno-lint-ignore no-explicit-any
  readonly options: ProcessOptions<any>;
  /** The modules in which functions and classes are looked for. */
  readonly modules: readonly string[];
  /** The instance and its class, where a subclass overrides `run()`. */
  readonly instance: object | null;
}

/**
 * Describes the work for the child. Values are written at once: what happens to them while the functions are looked for is not
 * to be seen.
 *
 * @param plan What is to be done.
 * @param write Writes a value.
 * @returns The work.
 * @throws {FreeVariableError} (rejects with it) when the target uses outer variables.
 */
export async function describeWork(plan: WorkPlan, write: WriteValue): Promise<ProcessWork> {
  const { options, instance } = plan;
  const modules = () => plan.modules;
  const args = write(argumentsOf(options), "args");
  const fields = instance === null ? null : write({ ...instance }, "this");
  const { target } = options;
  return {
    kind: "process",
    target: target === undefined ? null : await packFunction(target, "target", modules),
    args,
    subclass: instance === null ? null : await packClass(instance.constructor as AnyClass, modules),
    fields,
  };
}

/**
 * Calls the target here.
 *
 * @param plan What is to be done.
 * @returns A promise where the work is asynchronous.
 */
export function runTarget({ options, modules }: WorkPlan): void | Promise<void> {
  const { target } = options;
  if (target === undefined) return;
  if (typeof target !== "function") return runNamed(target, argumentsOf(options), modules);
  return (target as (...args: unknown[]) => void | Promise<void>)(...argumentsOf(options));
}

/** A `ref()` or a `capture()` becomes a function here as it would in the child. */
async function runNamed(
  target: Callable,
  args: unknown[],
  modules: readonly string[],
): Promise<void> {
  const packed = await packFunction(target, "target", () => modules);
  await (await unpackFunction(packed, importUserModule))(...args);
}

// deno-lint-ignore no-explicit-any
function argumentsOf({ args = [], kwargs }: ProcessOptions<any>): unknown[] {
  return kwargs === undefined ? [...args] : [...args, kwargs];
}
