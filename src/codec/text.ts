/**
 * Strings, both directions. Short ones go character by character, since a call of the runtime's
 * coders costs more than 24 steps of a loop; long ones as UTF-8 by the coders; those with lone
 * surrogates, which UTF-8 cannot hold, as UTF-16.
 *
 * @module
 */

import { SerializationError } from "../errors.ts";
import type { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { SHORT_TEXT, Tag } from "./tags.ts";

const CHUNK = 4096;
/** Every runtime has strings of so many characters; some have longer ones, which others cannot rebuild. */
const LONGEST_EVERYWHERE = 2 ** 29 - 24;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const scratch = new Uint8Array(3 * CHUNK);
/**
 * For each short length an array of code units: a call with such an array is the fastest way to
 * make a string of it.
 */
const units: number[][] = Array.from(
  { length: SHORT_TEXT + 1 },
  (_, length) => new Array<number>(length).fill(0),
);

/**
 * Writes a string, with its tag.
 *
 * @param writer Where to.
 * @param text The string.
 */
export function writeText(writer: ByteWriter, text: string): void {
  const length = text.length;
  if (length > SHORT_TEXT) return writeLongText(writer, text);
  if (!isLatin1(text)) return writeUtf16(writer, text);
  const at = writer.claim(2 + length);
  if (at < 0) return;
  const bytes = writer.bytes;
  bytes[at] = Tag.Latin1;
  bytes[at + 1] = length;
  for (let i = 0; i < length; i++) bytes[at + 2 + i] = text.charCodeAt(i);
}

/**
 * Reads a string that must come next.
 *
 * @param reader Where from.
 * @returns The string.
 * @throws {SerializationError} When something else comes next.
 */
export function readText(reader: ByteReader): string {
  const tag = reader.readByte();
  if (tag === Tag.Latin1) return readLatin1(reader);
  if (tag === Tag.Utf8) return readUtf8(reader);
  if (tag === Tag.Utf16) return readUtf16(reader);
  throw reader.damaged("a string is missing");
}

/**
 * Reads what follows `Tag.Latin1`.
 *
 * @param reader Where from.
 * @returns The string.
 */
export function readLatin1(reader: ByteReader): string {
  const length = reader.readByte();
  const at = reader.take(length);
  return latin1(reader.bytes, at, length);
}

/**
 * Makes a string of a few bytes, one a character.
 *
 * @param bytes The array that holds them.
 * @param at Where they start.
 * @param length How many.
 * @returns The string.
 */
export function latin1(bytes: Uint8Array, at: number, length: number): string {
  if (length > 6 && length <= SHORT_TEXT) {
    const codes = units[length];
    for (let i = 0; i < length; i++) codes[i] = bytes[at + i];
    return String.fromCharCode.apply(null, codes);
  }
  let text = "";
  for (let i = 0; i < length; i++) text += String.fromCharCode(bytes[at + i]);
  return text;
}

/**
 * Reads what follows `Tag.Utf8`.
 *
 * @param reader Where from.
 * @returns The string.
 * @throws {SerializationError} When the bytes are not UTF-8.
 */
export function readUtf8(reader: ByteReader): string {
  const at = reader.take(4);
  const head = reader.bytes;
  const size = head[at] + head[at + 1] * 2 ** 8 + head[at + 2] * 2 ** 16 + head[at + 3] * 2 ** 24;
  try {
    return decoder.decode(privateCopy(reader, size));
  } catch (error) {
    if (error instanceof SerializationError) throw error;
    if (size >= LONGEST_EVERYWHERE) throw tooLong(size);
    if (error instanceof TypeError) throw reader.damaged("a string is not UTF-8");
    throw error;
  }
}

/**
 * Reads what follows `Tag.Utf16`.
 *
 * @param reader Where from.
 * @returns The string.
 */
export function readUtf16(reader: ByteReader): string {
  const length = reader.readLength(2);
  let text = "";
  for (let done = 0; done < length; done += CHUNK) {
    const codes = new Array<number>(Math.min(CHUNK, length - done));
    const at = reader.take(2 * codes.length);
    for (let i = 0; i < codes.length; i++) {
      codes[i] = reader.bytes[at + 2 * i] | (reader.bytes[at + 2 * i + 1] << 8);
    }
    text += String.fromCharCode.apply(null, codes);
  }
  return text;
}

function writeLongText(writer: ByteWriter, text: string): void {
  if (!text.isWellFormed()) return writeUtf16(writer, text);
  const most = 3 * text.length;
  // Counting costs a pass of its own: only where the place is so narrow that the exact size
  // decides.
  const size = writer.room >= 5 + most ? most : utf8Size(text);
  const at = writer.claim(5 + size);
  if (at < 0) return;
  const bytes = writer.bytes;
  const { written } = encoder.encodeInto(text, bytes.subarray(at + 5, at + 5 + size));
  bytes[at] = Tag.Utf8;
  for (let i = 0; i < 4; i++) bytes[at + 1 + i] = written >>> (8 * i);
  writer.giveBack(size - written);
}

function tooLong(size: number): SerializationError {
  return new SerializationError(
    `Cannot rebuild a string of ${size} bytes: this runtime has none that is so long`,
  );
}

function writeUtf16(writer: ByteWriter, text: string): void {
  const length = text.length;
  writer.writeByte(Tag.Utf16);
  writer.writeCount(length);
  const at = writer.claim(2 * length);
  if (at < 0) return;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    writer.bytes[at + 2 * i] = unit;
    writer.bytes[at + 2 * i + 1] = unit >> 8;
  }
}

function isLatin1(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 255) return false;
  }
  return true;
}

/**
 * Counts by encoding piece by piece into scratch memory: far faster than a loop, and no memory in
 * proportion to the text.
 */
function utf8Size(text: string): number {
  let size = 0;
  for (let start = 0; start < text.length;) {
    let end = start + CHUNK;
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end--;
    size += encoder.encodeInto(text.slice(start, end), scratch).written;
    start = end;
  }
  return size;
}

function isHighSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

/**
 * The decoder refuses shared memory, or trusts it not to change meanwhile. So it gets bytes that
 * nobody else can write.
 */
function privateCopy(reader: ByteReader, size: number): Uint8Array {
  if (size > scratch.length) return reader.copy(size);
  const at = reader.take(size);
  scratch.set(reader.bytes.subarray(at, at + size));
  return scratch.subarray(0, size);
}
