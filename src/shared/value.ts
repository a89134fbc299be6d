/**
 * Single values in shared memory.
 *
 * @module
 */

import { type Program, programOf } from "../parties/program.ts";
import { registerHandle } from "../messages/handles.ts";
import { assemble, Parts } from "../messages/parts.ts";
import type { Share } from "../memory/share.ts";
import type { StartMethod } from "../runtime/types.ts";
import {
  type AnyView,
  type Element,
  elementOf,
  type ElementType,
  type ItemOf,
  type ValueOf,
} from "./element_types.ts";
import { lockOf, type LockSlot, lockSlot, type SharedOptions, type ValueLock } from "./lock.ts";
import { getStartMethod } from "../start_method/start_method.ts";

/** Bytes that every value gets: the largest type's. */
const BYTES = 8;

/** What is behind a value. */
interface Backing {
  readonly program: Program;
  readonly share: Share;
  readonly element: Element;
  /** `null` for a value without a lock. */
  readonly slot: LockSlot | null;
}

let backingOf: (value: RawSharedValue) => Backing;

/**
 * A value in shared memory that has no lock: see {@linkcode RawValue}.
 *
 * @example
 * ```ts
 * import { RawSharedValue, RawValue } from "@allcores/multiprocessing";
 *
 * const value = RawValue("int32", 7);
 * console.log(value instanceof RawSharedValue, value.value); // true 7
 * ```
 */
export class RawSharedValue<T = unknown> {
  readonly #backing: Backing;
  readonly #view: AnyView;
  readonly #isFloat: boolean;

  static {
    backingOf = (value) => value.#backing;
    registerHandle<RawSharedValue>({
      number: 34,
      prototype: RawSharedValue.prototype,
      programOf: (value) => backingOf(value).program,
      toPayload: (value): Payload => {
        const { share, element, slot } = backingOf(value);
        const lock = slot === null ? null : lockOf(slot);
        return [share.send(), element.name, slot !== null, lock];
      },
      fromPayload: (payload, program) => {
        const [content, name, locked, lock] = payload as Payload;
        const slot = locked ? { method: program.method, lock } : null;
        return toValue({
          program,
          share: program.heap.open(content),
          element: elementOf(name),
          slot,
        });
      },
    });
  }

  /**
   * `RawValue()` and `Value()` create instances.
   *
   * @throws {TypeError} always, where a user calls it.
   */
  protected constructor();
  protected constructor(parts?: Parts<Backing>) {
    if (!(parts instanceof Parts)) {
      throw new TypeError("RawValue() and Value() create shared values");
    }
    const { share, element } = this.#backing = parts.content;
    this.#view = new element.View(share.buffer, share.start, 1);
    this.#isFloat = this.#view instanceof Float32Array || this.#view instanceof Float64Array;
  }

  /** What is stored, as it is at this moment. */
  get value(): T {
    const view = this.#view;
    const { element } = this.#backing;
    return element.fromElement(this.#isFloat ? view[0] : Atomics.load(view as Int32Array, 0)) as T;
  }

  /** Stores a value of the type. Integers wrap. */
  set value(value: T) {
    const view = this.#view;
    const content = this.#backing.element.toElement(value) as never;
    if (this.#isFloat) view[0] = content;
    else Atomics.store(view as Int32Array, 0, content);
  }
}

/**
 * A value in shared memory, with a lock: see {@linkcode Value}.
 *
 * @typeParam T The JavaScript type of the value.
 *
 * @example
 * ```ts
 * import { SharedValue, Value } from "@allcores/multiprocessing";
 *
 * const value = Value("int32", 7);
 * console.log(value instanceof SharedValue, value.value); // true 7
 * ```
 */
export class SharedValue<T = unknown> extends RawSharedValue<T> {
  /**
   * The lock that guards it, for changes that read and write: `value` is read and written without it, in one step.
   *
   * @returns The lock; the same one in all processes.
   */
  getLock(): ValueLock {
    return lockOf(backingOf(this).slot!);
  }
}

/**
 * A value in shared memory. Python's `multiprocessing.Value`.
 *
 * - Reading and writing `value` are one step each, and never wait; `v.value += 1` is two of them: hold `getLock()` around it.
 * - Sent anywhere, it arrives as the same value. Its memory is freed when no process has it any more.
 * - Integers wrap; `int64` and `uint64` are bigints.
 *
 * @typeParam T The type.
 * @param type The type, or Python's code for it.
 * @param initial What is stored first. @default 0, or what is like it
 * @param options The lock.
 * @returns The value.
 * @throws {TypeError} when there is no such type, or the value is not of it.
 *
 * @example
 * ```ts
 * import { Value } from "@allcores/multiprocessing";
 *
 * const counter = Value("i", 0);
 * counter.value += 1;
 * console.log(counter.value); // 1
 * ```
 */
export function Value<T extends ElementType>(
  type: T,
  initial: ItemOf<T> | undefined,
  options: SharedOptions & { lock: false },
): RawSharedValue<ValueOf<T>>;
/** The same with a lock of its own, or the given one. */
export function Value<T extends ElementType>(
  type: T,
  initial?: ItemOf<T>,
  options?: SharedOptions,
): SharedValue<ValueOf<T>>;
export function Value<T extends ElementType>(
  type: T,
  initial?: ItemOf<T>,
  options?: SharedOptions,
): RawSharedValue<ValueOf<T>> {
  return createValue(getStartMethod(), type, initial, options);
}

/**
 * A value in shared memory, without a lock. Python's `RawValue`; see {@linkcode Value}.
 *
 * @typeParam T The type.
 * @param type The type, or Python's code for it.
 * @param initial What is stored first. @default 0, or what is like it
 * @returns The value.
 * @throws {TypeError} when there is no such type, or the value is not of it.
 *
 * @example
 * ```ts
 * import { RawValue } from "@allcores/multiprocessing";
 *
 * console.log(RawValue("float64", 0.5).value); // 0.5
 * ```
 */
export function RawValue<T extends ElementType>(
  type: T,
  initial?: ItemOf<T>,
): RawSharedValue<ValueOf<T>> {
  return createValue(getStartMethod(), type, initial, { lock: false });
}

/** {@linkcode Value} for a start method. */
export function createValue<T extends ElementType>(
  method: StartMethod,
  type: T,
  initial?: ItemOf<T>,
  options?: SharedOptions,
): SharedValue<ValueOf<T>> {
  const element = elementOf(type);
  if (initial !== undefined) element.toElement(initial);
  const slot = lockSlot(method, options);
  const program = programOf(method);
  const share = program.heap.allocate(BYTES);
  const value = toValue({ program, share, element, slot }) as SharedValue<ValueOf<T>>;
  if (initial !== undefined) value.value = initial as ValueOf<T>;
  return value;
}

function toValue(backing: Backing): RawSharedValue {
  return assemble(backing.slot === null ? RawSharedValue : SharedValue, backing);
}

/** The share, the type's name, whether there is a lock, and the lock. */
type Payload = [unknown, Element["name"], boolean, ValueLock | null];
