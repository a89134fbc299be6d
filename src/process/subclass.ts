/**
 * The instance of a subclass of `Process` in its child.
 *
 * @module
 */

import { uncounted } from "./children.ts";
import { becomeCurrent } from "./current.ts";
import { Process } from "./process.ts";
import type { AnyFunction } from "../callable/callable.ts";
import { self } from "../identity/self.ts";

/**
 * Rebuilds the instance: its class, its own fields, and what `super.run()` calls. Its constructor is not run again.
 *
 * @param subclass The class.
 * @param target What the instance was given to call.
 * @param args Its arguments.
 * @param fields The instance's own fields.
 * @returns The instance, which stands for this process.
 */
export function createInstance(
  subclass: AnyFunction,
  target: AnyFunction | undefined,
  args: unknown[],
  fields: object,
): Process {
  const { name, daemon } = self()!;
  const options = { name, daemon, target, args };
  const instance: Process = uncounted(() => Reflect.construct(Process, [options], subclass));
  Object.assign(instance, fields);
  becomeCurrent(instance);
  return instance;
}
