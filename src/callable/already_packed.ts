/**
 * Functions that were packed in another process, to be passed on without being looked at.
 *
 * @module
 */
import { BoundedMap } from "./bounded_map.ts";
import type { PackedFunction } from "./packed_function.ts";
import type { Callable } from "./callable.ts";

/** One for equal ones, so that a sender knows a function again. */
const known = new BoundedMap<string, PackedFunction>(1_000);

/** What stands for a function that was packed elsewhere. */
export class AlreadyPacked {
  readonly packed: PackedFunction | Promise<PackedFunction>;

  /** @param packed The packed function, maybe later. */
  constructor(packed: PackedFunction | Promise<PackedFunction>) {
    this.packed = packed;
  }
}

/**
 * Makes of what was received what every place accepts that takes a function.
 *
 * @param received A packed function, or a promise of one.
 * @returns What stands for the function: equal ones without captured variables count as the same.
 * @throws {TypeError} (or rejects with it, where the function is used) when it is none.
 *
 * @example
 * ```ts ignore
 * await pool.apply(alreadyPacked({ kind: "text", name: "", text: "(x) => x + 1" }), [1]);
 * ```
 */
export function alreadyPacked(received: unknown): Callable {
  const packed = received instanceof Promise ? received.then(checked) : checked(received);
  return new AlreadyPacked(packed) as unknown as Callable;
}

function checked(received: unknown): PackedFunction {
  const packed = (received ?? {}) as PackedFunction;
  switch (packed.kind) {
    case "capture":
      return packed;
    case "text":
    case "ref": {
      const key = JSON.stringify(packed);
      const earlier = known.get(key);
      if (earlier !== undefined) return earlier;
      known.set(key, packed);
      return packed;
    }
    default:
      throw new TypeError("Something arrived in the place of a function that names none");
  }
}
