/**
 * Values to bytes.
 *
 * The format is our own because the runtimes' differ: in what they take, in what they lose, and up
 * to twenty-fold in time. `tags.ts` describes it; each kind of value has its writer and its reader
 * side by side in one file.
 *
 * @module
 */

import { writeArray } from "./arrays.ts";
import { VIEW_KINDS, writeArrayBuffer, writeOwnBytes, writeView } from "./buffers.ts";
import { writeMap, writeSet } from "./collections.ts";
import { writeError } from "./error_value.ts";
import { writeHandle } from "./handle_value.ts";
import { type HandleCodec, NO_HANDLES } from "./handles.ts";
import { writeInstance, writePlainObject, writeSerialized } from "./instances.ts";
import { writeBigInt, writeNumber, writeSymbol } from "./primitives.ts";
import { extendsNative, localTwin } from "./realms.ts";
import { Refusal, refuse, toSerializationError } from "./refusal.ts";
import { keyOfPrototype } from "./registry.ts";
import { writeBoxed, writeDate, writeRegExp, writeUrl } from "./simple_objects.ts";
import { Tag } from "./tags.ts";
import { writeText } from "./text.ts";
import { ValueWriter } from "./value_writer.ts";

type Write = (writer: ValueWriter, value: never) => void;

/** How the objects of each plain kind are written, by their prototype. */
const WRITERS = new Map<object, Write>([
  [Object.prototype, writePlainObject],
  [Array.prototype, writeArray],
  [Map.prototype, writeMap],
  [Set.prototype, writeSet],
  [Date.prototype, writeDate],
  [RegExp.prototype, writeRegExp],
  [Number.prototype, writeBoxed],
  [String.prototype, writeBoxed],
  [Boolean.prototype, writeBoxed],
  [BigInt.prototype, writeBoxed],
  [URL.prototype, writeUrl],
  [ArrayBuffer.prototype, writeArrayBuffer],
  ...VIEW_KINDS.map(([prototype, kind]): [object, Write] => [
    prototype,
    (writer, view: ArrayBufferView) => writeView(writer, view, kind),
  ]),
]);

const NOTHING = new Uint8Array(0);

/**
 * Turns values into bytes.
 *
 * - Takes what structured clone takes, and `Symbol.for(…)`, `URL`, instances of registered classes,
 *   and handles.
 * - Objects that occur more than once arrive as one; cycles are kept.
 * - Reads getters, and no symbol keys; what was frozen arrives unfrozen; what had no prototype
 *   arrives as a plain object.
 * - Takes up to 1,000 containers inside each other; more are refused.
 * - Loses named keys of arrays of nothing but numbers; those of other arrays are kept.
 * - A getter or a `[serialize]` may itself use the same encoder.
 * - Nothing of a message is kept when it is written.
 *
 * @example
 * ```ts ignore
 * const bytes = new Uint8Array(64);
 * const end = new Encoder().encode([1, "two"], bytes, 0, bytes.length);
 * new Decoder().decode(bytes, 0, end); // [1, "two"]
 * ```
 */
export class Encoder {
  readonly #handles: HandleCodec;
  readonly #writer: MessageWriter;
  #busy = false;
  #needed = 0;

  /**
   * Creates an encoder.
   *
   * @param handles How handles cross; without it there are none.
   */
  constructor(handles: HandleCodec = NO_HANDLES) {
    this.#handles = handles;
    this.#writer = new MessageWriter(handles);
  }

  /** How many bytes the last value needed, also when `encode` found no room for it. */
  get needed(): number {
    return this.#needed;
  }

  /**
   * Writes a value.
   *
   * @param value The value.
   * @param bytes Where to. Its memory should start, as `start` should be, at a multiple of 8: runs
   *   of numbers are slower otherwise.
   * @param start The first position.
   * @param end The position behind the last one.
   * @param root What to call the value in error messages.
   * @returns The position behind the value, or -1 when it does not fit; then nothing is promised
   *   about the bytes in between.
   * @throws {SerializationError} When something in the value cannot be sent, with the path to it.
   */
  encode(
    value: unknown,
    bytes: Uint8Array,
    start: number,
    end: number,
    root: string = "value",
  ): number {
    if (this.#busy) return this.#lend((other) => other.encode(value, bytes, start, end, root));
    this.#busy = true;
    const writer = this.#writer;
    try {
      writer.writeMessage(value, bytes, start, end);
      this.#needed = writer.position - start;
      return writer.fits ? writer.position : -1;
    } catch (error) {
      throw toSerializationError(error, root);
    } finally {
      writer.release();
      this.#busy = false;
    }
  }

  /**
   * Tells how many bytes a value needs.
   *
   * @param value The value.
   * @param root What to call the value in error messages.
   * @returns Exactly what `encode` writes, as long as the value does not change.
   * @throws {SerializationError} When something in the value cannot be sent, with the path to it.
   */
  measure(value: unknown, root: string = "value"): number {
    this.encode(value, NOTHING, 0, 0, root);
    return this.#needed;
  }

  /** A getter that uses the encoder which reads it gets one of its own. */
  #lend(use: (other: Encoder) => number): number {
    const other = new Encoder(this.#handles);
    const result = use(other);
    this.#needed = other.#needed;
    return result;
  }
}

class MessageWriter extends ValueWriter {
  writeMessage(value: unknown, bytes: Uint8Array, start: number, end: number): void {
    this.aim(bytes, start, end);
    this.writeValue(value);
    if (!this.views.again) return;
    this.forget();
    this.views.restart();
    this.aim(bytes, start, end);
    this.writeValue(value);
  }

  override writeValue(value: unknown): void {
    switch (typeof value) {
      case "number":
        return writeNumber(this, value);
      case "string":
        return writeText(this, value);
      case "object":
        return value === null ? this.writeByte(Tag.Null) : this.#writeObject(value);
      case "boolean":
        return this.writeByte(value ? Tag.True : Tag.False);
      case "undefined":
        return this.writeByte(Tag.Undefined);
      case "bigint":
        return writeBigInt(this, value);
      case "symbol":
        return writeSymbol(this, value);
      default:
        return this.#writeFunction(value as object);
    }
  }

  #writeObject(value: object): void {
    if (this.writeReference(value)) return;
    const prototype: object | null = Object.getPrototypeOf(value);
    // The two most frequent kinds are not looked up, and take as little of the stack as can be:
    // they are what nests deeply.
    if (prototype === Array.prototype) return writeArray(this, value as unknown[]);
    if (prototype === Object.prototype || prototype === null) {
      this.writeByte(Tag.Object);
      return this.writeFields(value);
    }
    const write = WRITERS.get(prototype);
    if (write !== undefined) return write(this, value as never);
    this.#writeOther(value, prototype);
  }

  #writeOther(value: object, prototype: object): void {
    if (writeHandle(this, value)) return;
    const key = keyOfPrototype(prototype);
    if (key !== undefined) return this.#writeRegistered(value, prototype, key);
    const write = WRITERS.get(localTwin(prototype));
    if (write !== undefined) return write(this, value as never);
    if (writeError(this, value, prototype)) return;
    if (isNodeBuffer(value)) return writeOwnBytes(this, value);
    throw refuse(value);
  }

  #writeRegistered(value: object, prototype: object, key: string): void {
    if (writeSerialized(this, value, prototype, key)) return;
    if (!extendsNative(prototype)) return writeInstance(this, value, key);
    if (!writeError(this, value, prototype)) throw needsSerialize(prototype.constructor.name);
  }

  #writeFunction(value: object): void {
    if (this.writeReference(value) || writeHandle(this, value)) return;
    throw refuse(value);
  }
}

/** Known by its class's test for it, as there is no runtime to ask here. */
function isNodeBuffer(value: object): value is Uint8Array {
  return value instanceof Uint8Array &&
    typeof (value.constructor as { isBuffer?: unknown }).isBuffer === "function";
}

function needsSerialize(name: string): Refusal {
  const remedy = "it needs a static [serialize] and a static [deserialize]";
  return new Refusal(`${name} extends a built-in class; ${remedy}`);
}
