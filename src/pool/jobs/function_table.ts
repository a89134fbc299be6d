/**
 * The functions that a pool has been given, by number: each worker is sent a function once.
 *
 * @module
 */

import type { PackedFunction } from "../../callable/mod.ts";
import { callerFrames } from "../../messages/failure.ts";

/** How many functions a worker keeps. */
export const KEPT_FUNCTIONS = 256;

/** A function of a pool. */
export interface PoolFunction {
  readonly number: number;
  readonly name: string;
  readonly packed: PackedFunction;
  /** The frames of its first use. */
  readonly site: string;
  /** How long a call is expected to take (ms); 0 while nothing is known. */
  callTime: number;
}

/** The functions of one pool. */
export class FunctionTable {
  readonly #known = new WeakMap<PackedFunction, PoolFunction>();
  #count = 0;

  /**
   * The function of what was packed: the same one for the same object.
   *
   * @param packed What names the function.
   * @param site The frames of its first use, where they are not on the stack any more.
   * @returns The function.
   */
  get(packed: PackedFunction, site: string | null): PoolFunction {
    let known = this.#known.get(packed);
    if (known === undefined) {
      const name = packed.name || "(anonymous)";
      const number = ++this.#count;
      known = { number, name, packed, site: site ?? callerFrames(), callTime: 0 };
      this.#known.set(packed, known);
    }
    return known;
  }
}
