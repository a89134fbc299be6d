/**
 * Remembers field names from message to message: comparing a name with the bytes is cheaper than
 * making a string of them, and the engine need not look the new string up in its own table of
 * names.
 *
 * @module
 */

import type { ByteReader } from "./byte_reader.ts";
import { SHORT_TEXT, Tag } from "./tags.ts";
import { latin1, readText } from "./text.ts";

const SLOTS = 256;

/** A table of fixed size; a name that falls on the place of another takes it. */
export class KeyCache {
  readonly #names: string[] = new Array<string>(SLOTS).fill("");

  /**
   * Reads a name.
   *
   * @param reader Where from.
   * @returns The name.
   * @throws {SerializationError} When no string comes next.
   */
  read(reader: ByteReader): string {
    const bytes = reader.bytes;
    const at = reader.take(2);
    const length = bytes[at + 1];
    if (bytes[at] !== Tag.Latin1 || length === 0 || length > SHORT_TEXT) {
      reader.giveBack(2);
      return readText(reader);
    }
    return this.#find(bytes, reader.take(length), length);
  }

  #find(bytes: Uint8Array, at: number, length: number): string {
    const slot = (length + 7 * bytes[at] + 31 * bytes[at + length - 1]) & (SLOTS - 1);
    const name = this.#names[slot];
    if (name.length === length) {
      let i = 0;
      while (i < length && name.charCodeAt(i) === bytes[at + i]) i++;
      if (i === length) return name;
    }
    return this.#names[slot] = latin1(bytes, at, length);
  }
}
