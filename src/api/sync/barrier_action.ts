/**
 * The action of a barrier: a function here, and what names it for others.
 *
 * @module
 */

import { type CallableDescriptor, describeCallable } from "../../callable/mod.ts";
import { materialize } from "../../callable/materialize.ts";
import type { AnyFunction } from "../../callable/types.ts";
import { Refusal } from "../../codec/refusal.ts";
import { importUserModule } from "../../internal/self.ts";
import { callingModules } from "../process/calling_modules.ts";

/** The action of a barrier, here or where it was sent from. */
export interface Action {
  /** What names it for others. */
  readonly descriptor: CallableDescriptor;
  /** The function itself. */
  load(): AnyFunction | Promise<AnyFunction>;
}

/**
 * The action of a new barrier.
 *
 * @param action The function; `undefined` where there is none.
 * @returns The action. It is looked up for others from now on.
 */
export function newAction(action: unknown): Action | null {
  if (action === undefined) return null;
  const modules = callingModules();
  let described: CallableDescriptor | null = null;
  let problem: unknown = null;
  const note = (descriptor: CallableDescriptor) => void (described = descriptor);
  const fail = (error: unknown) => void (problem = error);
  try {
    const answer = describeCallable(action, "action", () => modules);
    if (answer instanceof Promise) answer.then(note, fail);
    else note(answer);
  } catch (error) {
    fail(error);
  }
  return {
    load: () => action as AnyFunction,
    get descriptor(): CallableDescriptor {
      if (described !== null) return described;
      if (problem !== null) throw problem;
      throw new Refusal("the barrier's action is still being looked up: send it later");
    },
  };
}

/**
 * The action of a barrier that was sent.
 *
 * @param descriptor What names the function.
 * @returns The action.
 */
export function openAction(descriptor: CallableDescriptor | null): Action | null {
  if (descriptor === null) return null;
  return { descriptor, load: () => materialize(descriptor, importUserModule) };
}
