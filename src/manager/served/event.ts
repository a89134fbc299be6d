/**
 * The events of a manager.
 *
 * @module
 */

import type { Call } from "../wire/call.ts";
import { Waiters, waitOptions } from "./waiters.ts";

/** `Event()` */
export class ServedEvent {
  readonly #waiters = new Waiters<boolean>();
  #isSet = false;

  set(_call: Call): void {
    this.#isSet = true;
    while (this.#waiters.size > 0) this.#waiters.shift()!.resolve(true);
  }

  clear(_call: Call): void {
    this.#isSet = false;
  }

  isSet(_call: Call): boolean {
    return this.#isSet;
  }

  wait(call: Call, options?: unknown): boolean | Promise<boolean> {
    const limits = waitOptions(options);
    if (this.#isSet) return true;
    return this.#waiters.wait(call, { wish: undefined, options: limits, onTimeout: () => false });
  }

  repr(): string {
    return `<Event: ${this.#isSet ? "set" : "unset"}>`;
  }
}
