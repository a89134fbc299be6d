/**
 * The action of a barrier: a function here, and what names it for others.
 *
 * Packing it may take a while, and the barrier may be sent before: then it goes as far as it is
 * known, and the other side finds the rest.
 *
 * @module
 */

import {
  type Callable,
  checkCallable,
  packAtOnce,
  type PackedAtOnce,
  packFunction,
  unpackOrFind,
} from "../callable/mod.ts";
import type { AnyFunction } from "../callable/callable.ts";
import { handles } from "../messages/handles.ts";
import { FreeVariableError } from "../errors.ts";
import { importUserModule } from "../identity/self.ts";
import { callingModules } from "../process/calling_modules.ts";

/** The action of a barrier, here or where it was sent from. */
export interface Action {
  /** What names it for others. */
  readonly packed: PackedAtOnce;
  /** The function itself. */
  load(): AnyFunction | Promise<AnyFunction>;
}

/**
 * The action of a new barrier.
 *
 * @param action The function, `ref()` or `capture()`; `undefined` where there is none.
 * @returns The action. It is looked up for others from now on.
 * @throws {TypeError} when it is none of these.
 */
export function newAction(action: Callable<[]> | undefined): Action | null {
  checkCallable("action", action);
  return action === undefined ? null : new NewAction(action);
}

/**
 * The action of a barrier that was sent.
 *
 * @param packed What names the function.
 * @returns The action.
 */
export function openAction(packed: PackedAtOnce | null): Action | null {
  if (packed === null) return null;
  let loaded: Promise<AnyFunction> | null = null;
  return { packed, load: () => loaded ??= unpackOrFind(packed, importUserModule) };
}

class NewAction implements Action {
  readonly #action: Callable<[]>;
  /** The modules on the stack when it was given. */
  readonly #modules = callingModules();
  #packing: Promise<PackedAtOnce>;
  #known: PackedAtOnce | null = null;
  #loaded: Promise<AnyFunction> | null = null;
  /** Why it cannot be sent: it can be called here all the same. */
  #problem: { readonly error: unknown } | null = null;

  constructor(action: Callable<[]>) {
    this.#action = action;
    this.#packing = this.#pack();
    this.#packing.catch((error) => this.#problem = { error });
  }

  get packed(): PackedAtOnce {
    if (this.#problem !== null) throw this.#problem.error;
    if (this.#known !== null) return this.#known;
    handles.unsettled.add(this.#packing);
    return packAtOnce(this.#action, this.#modules);
  }

  load(): AnyFunction | Promise<AnyFunction> {
    if (typeof this.#action === "function") return this.#action;
    // Once: what it keeps in its captured variables stays from round to round.
    return this.#loaded ??= this.#packing.then((known) => unpackOrFind(known, importUserModule));
  }

  #pack(): Promise<PackedAtOnce> {
    try {
      const answer = packFunction(this.#action, "action", () => this.#modules);
      if (answer instanceof Promise) return answer.then((known) => this.#known = known);
      this.#known = answer;
      return Promise.resolve(answer);
    } catch (error) {
      if (!(error instanceof FreeVariableError)) throw error;
      this.#problem = { error };
      return Promise.reject(error);
    }
  }
}
