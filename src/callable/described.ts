/**
 * Functions that were named elsewhere, to be passed on without being looked at.
 *
 * @module
 */
import { BoundedMap } from "./bounded_map.ts";
import type { CallableDescriptor } from "./descriptor.ts";
import type { Callable } from "./types.ts";

/** One descriptor for equal ones, so that a sender knows a function again. */
const known = new BoundedMap<string, CallableDescriptor>(1_000);

/** What stands for a function that was named elsewhere. */
export class Described {
  readonly descriptor: CallableDescriptor | Promise<CallableDescriptor>;

  /** @param descriptor What names the function, maybe later. */
  constructor(descriptor: CallableDescriptor | Promise<CallableDescriptor>) {
    this.descriptor = descriptor;
  }
}

/**
 * Makes of what was received what every place accepts that takes a function.
 *
 * @param received A descriptor, or a promise of one.
 * @returns What stands for the function: equal descriptors of functions without captured variables count as the same one.
 * @throws {TypeError} (or rejects with it, where the function is used) when it is no descriptor.
 *
 * @example
 * ```ts ignore
 * await pool.apply(described({ kind: "text", name: "", text: "(x) => x + 1" }), [1]);
 * ```
 */
export function described(received: unknown): Callable {
  const descriptor = received instanceof Promise ? received.then(checked) : checked(received);
  return new Described(descriptor) as unknown as Callable;
}

function checked(received: unknown): CallableDescriptor {
  const descriptor = (received ?? {}) as CallableDescriptor;
  switch (descriptor.kind) {
    case "capture":
      return descriptor;
    case "text":
    case "ref": {
      const key = JSON.stringify(descriptor);
      const earlier = known.get(key);
      if (earlier !== undefined) return earlier;
      known.set(key, descriptor);
      return descriptor;
    }
    default:
      throw new TypeError("Something arrived in the place of a function that names none");
  }
}
