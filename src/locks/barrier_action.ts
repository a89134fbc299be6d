/**
 * The action of a barrier: a function here, and what names it for others.
 *
 * How it is named may take a while to find out, and the barrier may be sent before: then it goes as a sketch, of which the other
 * side finds out the rest.
 *
 * @module
 */

import {
  type Callable,
  checkCallable,
  describeCallable,
  fromSketch,
  sketchCallable,
  type Sketched,
} from "../callable/mod.ts";
import type { AnyFunction } from "../callable/types.ts";
import { handles } from "../messages/handles.ts";
import { FreeVariableError } from "../errors.ts";
import { importUserModule } from "../identity/self.ts";
import { callingModules } from "../process/calling_modules.ts";

/** The action of a barrier, here or where it was sent from. */
export interface Action {
  /** What names it for others. */
  readonly sketched: Sketched;
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
 * @param sketched What names the function.
 * @returns The action.
 */
export function openAction(sketched: Sketched | null): Action | null {
  if (sketched === null) return null;
  let loaded: Promise<AnyFunction> | null = null;
  return { sketched, load: () => loaded ??= fromSketch(sketched, importUserModule) };
}

class NewAction implements Action {
  readonly #action: Callable<[]>;
  /** The modules on the stack when it was given. */
  readonly #modules = callingModules();
  #described: Promise<Sketched>;
  #known: Sketched | null = null;
  #loaded: Promise<AnyFunction> | null = null;
  /** Why it cannot be sent: it can be called here all the same. */
  #problem: { readonly error: unknown } | null = null;

  constructor(action: Callable<[]>) {
    this.#action = action;
    this.#described = this.#describe();
    this.#described.catch((error) => this.#problem = { error });
  }

  get sketched(): Sketched {
    if (this.#problem !== null) throw this.#problem.error;
    if (this.#known !== null) return this.#known;
    handles.unsettled.add(this.#described);
    return sketchCallable(this.#action, this.#modules);
  }

  load(): AnyFunction | Promise<AnyFunction> {
    if (typeof this.#action === "function") return this.#action;
    // Once: what it keeps in its captured variables stays from round to round.
    return this.#loaded ??= this.#described.then((known) => fromSketch(known, importUserModule));
  }

  #describe(): Promise<Sketched> {
    try {
      const answer = describeCallable(this.#action, "action", () => this.#modules);
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
