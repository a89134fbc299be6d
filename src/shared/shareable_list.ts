/**
 * A list of a fixed length in shared memory.
 *
 * Layout: two 32-bit words, a mark and the number of slots; for each slot four words, its place and its room in bytes, the kind
 * and the size of what is in it; then the content of the slots, each at a multiple of 8.
 *
 * @module
 */

import { boundTo } from "../start_method/bound_class.ts";
import { homeOf, registerHandle } from "../messages/handles.ts";
import { checkOptions, show } from "../support/options.ts";
import type { StartMethod } from "../runtime/types.ts";
import { layOut } from "./list_layout.ts";
import { SharedMemory } from "./memory.ts";
import { getStartMethod } from "../start_method/start_method.ts";

/** What a {@linkcode ShareableList} can hold. */
export type ShareableItem = number | bigint | string | boolean | Uint8Array | null;

/** Options of {@linkcode ShareableList}. */
export interface ShareableListOptions {
  /** The name of the list's memory: of the new one, or, without items, of the one to open. @default a new name */
  name?: string;
}

const MARK = 0x6c6c6131;
const HEADER_BYTES = 8;
const SLOT_WORDS = 4;
const PLACE = 0;
const ROOM = 1;
const KIND = 2;
const SIZE = 3;

const Kind = {
  null: 0,
  false: 1,
  true: 2,
  number: 3,
  bigint: 4,
  text: 5,
  wideText: 6,
  bytes: 7,
} as const;

/** An item as it is stored. */
interface Stored {
  readonly kind: number;
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * A list of a fixed length whose items may be changed, in shared memory. Python's `ShareableList`.
 *
 * - Items are numbers, bigints of 64 bits, texts, booleans, bytes and `null`. An item may be replaced by one of another kind.
 * - A text's or bytes' slot has the room that the first content needs in UTF-8, rounded up to more than that by up to 8 bytes;
 *   every slot has 8 bytes at least.
 * - Unlike Python's, zeros at an item's end are kept, and an index outside is always refused.
 * - Nothing locks it: hold a lock where one process sets what another one reads.
 * - Sent anywhere, it arrives as the same list. `shm` is its memory: `shm.close()`, which the end of its scope by `using` does, too,
 *   and `shm.unlink()` end it.
 *
 * @example
 * ```ts
 * import { ShareableList } from "@allcores/multiprocessing";
 *
 * const list = new ShareableList(["bob", 42, null]);
 * list.set(1, 43);
 * console.log([...list]); // [ "bob", 43, null ]
 * list.shm.unlink();
 * ```
 */
export class ShareableList implements Iterable<ShareableItem>, Disposable {
  /** The start method that this class is bound to; `null` for the program's default. */
  static readonly startMethod: StartMethod | null = null;

  static {
    registerHandle<ShareableList>({
      number: 36,
      prototype: ShareableList.prototype,
      programOf: (list) => homeOf(list.shm),
      toPayload: (list) => list.shm,
      fromPayload: (memory) => new ShareableList(memory as SharedMemory),
    });
  }

  readonly #memory: SharedMemory;
  readonly #length: number;

  /**
   * Creates a list, or opens one.
   *
   * @param items The items; `null` or absent: the list of the name is opened.
   * @param options The name.
   * @throws {TypeError} when an item or an option is of another kind, or there are neither items nor a name.
   * @throws {RangeError} when a bigint has more than 64 bits, the name cannot be one, or the items take 4 GiB or more.
   * @throws {MultiprocessingError} when the name exists (its `code` is `"EEXIST"`), or does not exist (`"ENOENT"`).
   */
  constructor(
    items?: Iterable<ShareableItem> | SharedMemory | null,
    options: ShareableListOptions = {},
  ) {
    checkOptions("A list", options, ["name"], '{ name: "mine" }');
    const method = (new.target as typeof ShareableList).startMethod ?? getStartMethod();
    if (items instanceof SharedMemory) {
      this.#memory = items;
    } else if (items === undefined || items === null) {
      if (options.name === undefined) throw new TypeError("A list needs items, or the name of one");
      this.#memory = new (boundTo(SharedMemory, method))({ name: options.name });
    } else {
      this.#memory = create(boundTo(SharedMemory, method), items, options.name);
    }
    this.#length = checkedLength(this.#memory);
  }

  /** The number of items. */
  get length(): number {
    return this.#length;
  }

  /** The memory that the list is in. */
  get shm(): SharedMemory {
    return this.#memory;
  }

  /**
   * Gives an item.
   *
   * @param index Its index; negative ones count from the end.
   * @returns The item.
   * @throws {RangeError} when there is no such index.
   * @throws {MultiprocessingError} when the memory is closed.
   */
  at(index: number): ShareableItem {
    const slot = this.#slot(index);
    const { buffer } = this.#memory;
    return fromStored(slot[KIND], new Uint8Array(buffer, slot[PLACE], slot[SIZE]).slice());
  }

  /**
   * Replaces an item.
   *
   * @param index Its index; negative ones count from the end.
   * @param item The new item.
   * @throws {RangeError} when there is no such index, or the item needs more room than its slot has; the old item stays.
   * @throws {TypeError} when it is of a kind that the list cannot hold.
   */
  set(index: number, item: ShareableItem): void {
    const slot = this.#slot(index);
    const { kind, bytes } = toStored(item);
    if (bytes.byteLength > slot[ROOM]) {
      throw new RangeError(
        `Cannot set item ${index}: it needs ${bytes.byteLength} bytes and exceeds available storage: ${
          slot[ROOM]
        }`,
      );
    }
    new Uint8Array(this.#memory.buffer, slot[PLACE], bytes.byteLength).set(bytes);
    slot[SIZE] = bytes.byteLength;
    slot[KIND] = kind;
  }

  /** How many items are equal to a value. */
  count(value: ShareableItem): number {
    return [...this].filter((item) => isSame(item, value)).length;
  }

  /**
   * Finds a value.
   *
   * @param value The value.
   * @returns The index of the first item that is equal to it.
   * @throws {RangeError} when there is none.
   */
  index(value: ShareableItem): number {
    const index = [...this].findIndex((item) => isSame(item, value));
    if (index >= 0) return index;
    throw new RangeError(`Cannot find ${show(value)}: it is not in the list`);
  }

  /** The items, each as it is when its turn comes. */
  *[Symbol.iterator](): Iterator<ShareableItem> {
    for (let index = 0; index < this.#length; index++) yield this.at(index);
  }

  /** Closes its memory here, as `shm.close()`. The name stays until `shm.unlink()`. */
  [Symbol.dispose](): void {
    this.#memory.close();
  }

  #slot(index: number): Uint32Array {
    if (typeof index !== "number") {
      throw new TypeError(`An index must be a number, got ${show(index)}`);
    }
    const at = index < 0 ? index + this.#length : index;
    if (!Number.isInteger(at) || at < 0 || at >= this.#length) {
      throw new RangeError(`There is no item ${index}: the list has ${this.#length}`);
    }
    return slotAt(this.#memory.buffer, at);
  }
}

function create(
  Memory: typeof SharedMemory,
  items: Iterable<ShareableItem>,
  name: string | undefined,
): SharedMemory {
  if (typeof items[Symbol.iterator] !== "function") {
    throw new TypeError(`A list is made of items, got ${show(items)}`);
  }
  const stored = Array.from(items, toStored);
  const start = HEADER_BYTES + stored.length * SLOT_WORDS * 4;
  const { places, rooms, size } = layOut(stored.map(({ bytes }) => bytes.byteLength), start);
  const memory = new Memory({ name, create: true, size });
  const { buffer } = memory;
  stored.forEach(({ kind, bytes }, index) => {
    new Uint8Array(buffer, places[index], bytes.byteLength).set(bytes);
    slotAt(buffer, index).set([places[index], rooms[index], kind, bytes.byteLength]);
  });
  const header = new Uint32Array(buffer, 0, 2);
  header[1] = stored.length;
  Atomics.store(header, 0, MARK);
  return memory;
}

/** Checks once that all slots lie in the memory; only their kinds and sizes change later. */
function checkedLength({ buffer, size, name }: SharedMemory): number {
  const header = size < HEADER_BYTES ? [] : new Uint32Array(buffer, 0, 2);
  const fits = header[0] === MARK && HEADER_BYTES + header[1] * SLOT_WORDS * 4 <= size;
  if (!fits) throw new TypeError(`There is no list in shared memory "${name}"`);
  return header[1];
}

function slotAt(buffer: ArrayBufferLike, index: number): Uint32Array {
  return new Uint32Array(buffer, HEADER_BYTES + index * SLOT_WORDS * 4, SLOT_WORDS);
}

function toStored(item: unknown): Stored {
  if (item === null) return { kind: Kind.null, bytes: NOTHING };
  if (typeof item === "boolean") return { kind: item ? Kind.true : Kind.false, bytes: NOTHING };
  if (typeof item === "number") return { kind: Kind.number, bytes: bytesOf(Float64Array.of(item)) };
  if (typeof item === "bigint") return { kind: Kind.bigint, bytes: bytesOf(checked64(item)) };
  if (typeof item === "string") return textToStored(item);
  if (item instanceof Uint8Array) return { kind: Kind.bytes, bytes: new Uint8Array(item) };
  throw new TypeError(
    `A list holds numbers, bigints, texts, booleans, bytes and null, got ${show(item)}`,
  );
}

function checked64(item: bigint): BigInt64Array {
  if (BigInt.asIntN(64, item) === item) return BigInt64Array.of(item);
  throw new RangeError(`A bigint in a list has 64 bits at most, got ${item}`);
}

/** UTF-8 has no form for half of a surrogate pair. */
function textToStored(text: string): Stored {
  const bytes = encoder.encode(text);
  if (decoder.decode(bytes) === text) return { kind: Kind.text, bytes };
  const codes = Uint16Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  return { kind: Kind.wideText, bytes: bytesOf(codes) };
}

function fromStored(kind: number, bytes: Uint8Array<ArrayBuffer>): ShareableItem {
  switch (kind) {
    case Kind.null:
      return null;
    case Kind.false:
      return false;
    case Kind.true:
      return true;
    case Kind.number:
      return new Float64Array(bytes.buffer)[0];
    case Kind.bigint:
      return new BigInt64Array(bytes.buffer)[0];
    case Kind.text:
      return decoder.decode(bytes);
    case Kind.wideText:
      return Array.from(new Uint16Array(bytes.buffer), (code) => String.fromCharCode(code)).join(
        "",
      );
    default:
      return bytes;
  }
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function isSame(a: ShareableItem, b: ShareableItem): boolean {
  if (!(a instanceof Uint8Array && b instanceof Uint8Array)) return a === b;
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
