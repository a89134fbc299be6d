/**
 * Arrays in shared memory: real typed arrays, whose memory is freed when no process has it any more.
 *
 * @module
 */

import { programOf } from "../parties/program.ts";
import type { Program } from "../parties/program.ts";
import { registerHandle } from "../messages/handles.ts";
import type { Share } from "../memory/share.ts";
import { followShare, registerSharedViews } from "../messages/shared_views.ts";
import { checkCount, show } from "../support/options.ts";
import type { StartMethod } from "../runtime/types.ts";
import {
  type AnyView,
  type Element,
  elementOf,
  type ElementType,
  type ItemOf,
  type ViewOf,
} from "./element_types.ts";
import { lockOf, type LockSlot, lockSlot, type SharedOptions, type ValueLock } from "./lock.ts";
import { addText, type AnyViewClass, type SharedBytes, type SharedText } from "./text.ts";
import { getStartMethod } from "../start_method/start_method.ts";

/** A typed array over shared memory that has no lock: see {@linkcode RawArray}. */
export type RawSharedArray<T extends ElementType = ElementType> =
  & ViewOf<T>
  & (T extends "c" ? SharedBytes : T extends "u" ? SharedText<string> : unknown);

/** A typed array over shared memory: see the function of the same name. */
export type SharedArray<T extends ElementType = ElementType> = RawSharedArray<T> & {
  /** The lock that guards it, for changes that must not be seen half. Nothing takes it by itself. */
  getLock(): ValueLock;
};

/** What is behind an array. */
interface Backing {
  readonly program: Program;
  readonly share: Share;
  readonly element: Element;
  /** `null` for an array without a lock. */
  readonly slot: LockSlot | null;
}

/** The memory of an array lives as long as the array, and as the arrays that were made of it. */
const backings = new WeakMap<object, Backing>();

/** The share, the type's name, the first element, the number of elements, whether there is a lock, and the lock. */
type Payload = [unknown, Element["name"], number, number, boolean, ValueLock | null];

type ViewClass = new (buffer: ArrayBufferLike, offset: number, length: number) => AnyView;

/** With the table goes that arrays can arrive, also before the first one was created here. */
const classes: Map<string, ViewClass> = receiveArrays();

/**
 * An array in shared memory. Python's `multiprocessing.Array`.
 *
 * - It is a real typed array: indexed at full speed, and with all methods. `slice`, `map` and `filter` give ordinary arrays;
 *   `subarray` gives another view on the same memory.
 * - Sent anywhere, it arrives as the same memory. The memory is freed when no process has it any more. The sender's memory is
 *   kept until the first receiver has it.
 * - `new`, `set` and this function check what they are given as little as typed arrays do, but for the items given here:
 *   these must be of the type. Integers wrap.
 * - `Atomics` works on it between processes, too, but for `wait`, `waitAsync` and `notify`, which need a `SharedArrayBuffer`: use a lock or a
 *   queue to wait.
 * - `buffer` is just its own bytes under the start method `"process"`. Under `"thread"` it is the memory of all threads of
 *   the program, up to 8 GiB: make other views of it as `new Uint8Array(a.buffer, a.byteOffset, a.byteLength)`. An array whose
 *   `buffer` was asked for is never freed there.
 * - A view on it, or its `buffer`, that is sent arrives as the same memory as well.
 *
 * @typeParam T The type of the elements.
 * @param type The type, or Python's code for it.
 * @param sizeOrItems How many elements, which are 0; or the elements.
 * @param options The lock.
 * @returns The array.
 * @throws {TypeError} when there is no such type, or an item is not of it.
 * @throws {RangeError} when the size is negative.
 * @throws {NotSupportedError} when there is no memory left.
 *
 * @example Count in two processes
 * ```ts
 * import { Process, SharedArray } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   const counts = SharedArray("int32", 4);
 *   const child = new Process({ target: (array: Int32Array) => void Atomics.add(array, 0, 5), args: [counts] });
 *   await child.start();
 *   await child.join();
 *   console.log(counts[0]); // 5
 * }
 * ```
 */
export function SharedArray<T extends ElementType>(
  type: T,
  sizeOrItems: number | Iterable<ItemOf<T>>,
  options: SharedOptions & { lock: false },
): RawSharedArray<T>;
/** The same with a lock of its own, or the given one. */
export function SharedArray<T extends ElementType>(
  type: T,
  sizeOrItems: number | Iterable<ItemOf<T>>,
  options?: SharedOptions,
): SharedArray<T>;
export function SharedArray<T extends ElementType>(
  type: T,
  sizeOrItems: number | Iterable<ItemOf<T>>,
  options?: SharedOptions,
): RawSharedArray<T> {
  return createArray(getStartMethod(), type, sizeOrItems, options);
}

/**
 * An array in shared memory, without a lock. Python's `RawArray`; see {@linkcode SharedArray}.
 *
 * Its `buffer` may hold more than the array: other views of it need `byteOffset` and `byteLength`, as in the second example.
 *
 * @typeParam T The type of the elements.
 * @param type The type, or Python's code for it.
 * @param sizeOrItems How many elements, which are 0; or the elements.
 * @returns The array.
 * @throws {TypeError} when there is no such type, or an item is not of it.
 * @throws {RangeError} when the size is negative.
 *
 * @example
 * ```ts
 * import { RawArray } from "@allcores/multiprocessing";
 *
 * const array = RawArray("float64", [0.5, 1.5]);
 * console.log(array[1]); // 1.5
 * ```
 *
 * @example Its bytes
 * ```ts
 * import { RawArray } from "@allcores/multiprocessing";
 *
 * const array = RawArray("uint32", [1, 256]);
 * console.log(...new Uint8Array(array.buffer, array.byteOffset, array.byteLength)); // 1 0 0 0 0 1 0 0
 * ```
 */
export function RawArray<T extends ElementType>(
  type: T,
  sizeOrItems: number | Iterable<ItemOf<T>>,
): RawSharedArray<T> {
  return createArray(getStartMethod(), type, sizeOrItems, { lock: false });
}

/** {@linkcode SharedArray} for a start method. */
export function createArray<T extends ElementType>(
  method: StartMethod,
  type: T,
  sizeOrItems: number | Iterable<ItemOf<T>>,
  options?: SharedOptions,
): SharedArray<T> {
  const element = elementOf(type);
  const items = toItems(element, sizeOrItems);
  const slot = lockSlot(method, options);
  const program = programOf(method);
  const length = typeof items === "number" ? items : items.length;
  const { BYTES_PER_ELEMENT } = element.View as unknown as { BYTES_PER_ELEMENT: number };
  const share = followShare(program, program.heap.allocate(length * BYTES_PER_ELEMENT));
  const array = toArray({ program, share, element, slot }, share.start, length);
  if (typeof items !== "number") array.set(items as never);
  return array as unknown as SharedArray<T>;
}

function toItems(
  element: Element,
  sizeOrItems: number | Iterable<unknown>,
): number | (number | bigint)[] {
  if (typeof sizeOrItems === "number") return checkCount("sizeOrItems", sizeOrItems, 0);
  if (typeof sizeOrItems?.[Symbol.iterator] !== "function") {
    throw new TypeError(`An array is made of a size or of items, got ${show(sizeOrItems)}`);
  }
  return Array.from(sizeOrItems, (item) => element.toElement(item));
}

function toArray(backing: Backing, offset: number, length: number): AnyView {
  const View = classFor(backing.element, backing.slot !== null);
  const array = new View(backing.share.buffer, offset, length);
  backings.set(array, backing);
  return array;
}

/** One class for each type, with and without a lock: so engines compile the access to elements as for any typed array. */
function classFor(element: Element, locked: boolean): ViewClass {
  const key = `${element.name} ${locked}`;
  let found = classes.get(key);
  if (found === undefined) {
    found = addText(
      element.name,
      locked ? addLock(follow(element.View)) : follow(element.View),
    ) as unknown as ViewClass;
    Object.defineProperty(found, "name", { value: element.View.name });
    classes.set(key, found);
    registerArrays(found.prototype);
  }
  return found;
}

function follow(View: Element["View"]): AnyViewClass {
  return class extends (View as AnyViewClass) {
    static get [Symbol.species](): Element["View"] {
      return View;
    }

    override get buffer(): ArrayBuffer {
      // From here on there may be views that nobody follows.
      backings.get(this)?.share.pin();
      return super.buffer as ArrayBuffer;
    }

    override subarray(begin?: number, end?: number): Int8Array<ArrayBuffer> {
      const { byteOffset, length } = super.subarray(begin, end);
      return toArray(backings.get(this)!, byteOffset, length) as Int8Array<ArrayBuffer>;
    }
  };
}

function addLock(View: AnyViewClass): AnyViewClass {
  return class extends View {
    getLock(): ValueLock {
      return lockOf(backings.get(this)!.slot!);
    }
  };
}

function registerArrays(prototype: object): void {
  registerHandle<object>({
    number: 33,
    prototype,
    programOf: (array) => backings.get(array)!.program,
    toPayload: (array): Payload => {
      const { share, element, slot } = backings.get(array)!;
      const { byteOffset, length } = array as AnyView;
      const lock = slot === null ? null : lockOf(slot);
      return [share.send(), element.name, byteOffset - share.start, length, slot !== null, lock];
    },
    fromPayload: (payload, program) => {
      const [content, name, offset, length, locked, lock] = payload as Payload;
      const share = followShare(program, program.heap.open(content));
      const slot = locked ? { method: program.method, lock } : null;
      const element = elementOf(name);
      return toArray({ program, share, element, slot }, share.start + offset, length);
    },
  });
}

function receiveArrays(): Map<string, ViewClass> {
  registerArrays({});
  registerSharedViews();
  return new Map();
}
