/**
 * Bytes to values: the other direction of `encode.ts`.
 *
 * @module
 */

import { SerializationError } from "../errors.ts";
import { readArray, readKeyedArray } from "./arrays.ts";
import { readArrayBuffer, readLoneView, readResizableBuffer, readView } from "./buffers.ts";
import { readMap, readSet } from "./collections.ts";
import { define } from "./define.ts";
import {
  readDomException,
  readError,
  readErrorInstance,
  readExportedError,
} from "./error_value.ts";
import { readHandle } from "./handle_value.ts";
import { type HandleCodec, NO_HANDLES } from "./handles.ts";
import { readInstance, readPlainObject, readSerialized } from "./instances.ts";
import { readFloat64Run, readInt32Run } from "./number_runs.ts";
import { readBigIntHex, readSymbol } from "./primitives.ts";
import { readBoxed, readDate, readRegExp, readUrl } from "./simple_objects.ts";
import { Tag } from "./tags.ts";
import { readLatin1, readUtf16, readUtf8 } from "./text.ts";
import { ValueReader } from "./value_reader.ts";

type Read = (reader: ValueReader) => unknown;

/** How the value behind each tag is read. */
const READERS: Record<number, Read | undefined> = {
  [Tag.Undefined]: () => undefined,
  [Tag.Null]: () => null,
  [Tag.True]: () => true,
  [Tag.False]: () => false,
  [Tag.Float64]: (reader) => reader.readDouble(),
  [Tag.BigInt64]: (reader) => reader.readBigInt64(),
  [Tag.BigIntHex]: readBigIntHex,
  [Tag.Latin1]: readLatin1,
  [Tag.Utf8]: readUtf8,
  [Tag.Utf16]: readUtf16,
  [Tag.Symbol]: readSymbol,
  [Tag.Reference]: (reader) => reader.readReference(),
  [Tag.Array]: readArray,
  [Tag.KeyedArray]: readKeyedArray,
  [Tag.Int32Run]: readInt32Run,
  [Tag.Float64Run]: readFloat64Run,
  [Tag.Object]: readPlainObject,
  [Tag.Map]: readMap,
  [Tag.Set]: readSet,
  [Tag.Date]: readDate,
  [Tag.RegExp]: readRegExp,
  [Tag.Boxed]: readBoxed,
  [Tag.Url]: readUrl,
  [Tag.ArrayBuffer]: readArrayBuffer,
  [Tag.ResizableBuffer]: readResizableBuffer,
  [Tag.LoneView]: readLoneView,
  [Tag.View]: readView,
  [Tag.Error]: readError,
  [Tag.ErrorInstance]: readErrorInstance,
  [Tag.DomException]: readDomException,
  [Tag.ExportedError]: readExportedError,
  [Tag.Instance]: readInstance,
  [Tag.SerializedInstance]: readSerialized,
  [Tag.Handle]: readHandle,
};

/**
 * Turns bytes into values.
 *
 * - Everything is copied out: no value refers to the bytes.
 * - Bytes that no {@linkcode Encoder} wrote give an error or some value, and do no harm: every
 *   length is compared with what is left before it is used, and no prototype is changed.
 * - A `[deserialize]` may itself use the same decoder.
 *
 * @example
 * ```ts ignore
 * const bytes = new Uint8Array(64);
 * const end = new Encoder().encode([1, "two"], bytes, 0, bytes.length);
 * new Decoder().decode(bytes, 0, end); // [1, "two"]
 * ```
 */
export class Decoder {
  readonly #handles: HandleCodec;
  readonly #reader: MessageReader;
  #busy = false;

  /**
   * Creates a decoder.
   *
   * @param handles How handles cross; without it there are none.
   */
  constructor(handles: HandleCodec = NO_HANDLES) {
    this.#handles = handles;
    this.#reader = new MessageReader(handles);
  }

  /**
   * Reads one value. Bytes behind the value are left alone.
   *
   * @param bytes Where from.
   * @param start The first position.
   * @param end The position behind the last one.
   * @returns The value.
   * @throws {UnknownClassError} When the value holds an instance of a class that is not registered
   *   here.
   * @throws {SerializationError} When the bytes are damaged, or a class or a handle cannot be
   *   rebuilt.
   */
  decode(bytes: Uint8Array, start: number, end: number): unknown {
    if (this.#busy) return new Decoder(this.#handles).decode(bytes, start, end);
    this.#busy = true;
    const reader = this.#reader;
    try {
      reader.aim(bytes, start, end);
      return reader.readValue();
    } catch (error) {
      throw rebuildError(error);
    } finally {
      reader.release();
      this.#busy = false;
    }
  }
}

class MessageReader extends ValueReader {
  override readValue(): unknown {
    const tag = this.readByte();
    if (tag < 128) return tag;
    // The most frequent tags are not looked up.
    if (tag >= Tag.Int8 && tag <= Tag.Int32) return this.readInteger(1 << (tag - Tag.Int8));
    if (tag === Tag.Float64) return this.readDouble();
    if (tag === Tag.Latin1) return readLatin1(this);
    if (tag === Tag.Array) return readArray(this);
    if (tag === Tag.Object) return readPlainObject(this);
    const read = READERS[tag];
    if (read === undefined) throw this.damaged(`an unknown tag, ${tag},`);
    return read(this);
  }
}

/** What the runtime and the classes throw at data that they cannot take is made our own error. */
function rebuildError(error: unknown): SerializationError {
  if (error instanceof SerializationError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const result = new SerializationError(`Cannot rebuild a value: ${reason}`);
  define(result, "cause", error, false);
  return result;
}
