/**
 * Objects that hold no others, both directions: dates, regular expressions, boxed primitives,
 * addresses.
 *
 * @module
 */

import { Tag } from "./tags.ts";
import { readText, writeText } from "./text.ts";
import type { ValueReader } from "./value_reader.ts";
import type { ValueWriter } from "./value_writer.ts";

/**
 * Writes a date, perhaps an invalid one.
 *
 * @param writer Where to.
 * @param date The date.
 */
export function writeDate(writer: ValueWriter, date: Date): void {
  writer.writeDouble(Tag.Date, date.getTime());
}

/**
 * Reads what follows `Tag.Date`.
 *
 * @param reader Where from.
 * @returns The date.
 */
export function readDate(reader: ValueReader): Date {
  const date = new Date(reader.readDouble());
  reader.remember(date);
  return date;
}

/**
 * Writes a regular expression. As with structured clone, its `lastIndex` does not cross.
 *
 * @param writer Where to.
 * @param pattern The regular expression.
 */
export function writeRegExp(writer: ValueWriter, pattern: RegExp): void {
  writer.writeByte(Tag.RegExp);
  writeText(writer, pattern.source);
  writeText(writer, pattern.flags);
}

/**
 * Reads what follows `Tag.RegExp`.
 *
 * @param reader Where from.
 * @returns The regular expression.
 */
export function readRegExp(reader: ValueReader): RegExp {
  const source = readText(reader);
  const pattern = new RegExp(source, readText(reader));
  reader.remember(pattern);
  return pattern;
}

/**
 * Writes a `Number`, `String`, `Boolean` or `BigInt` object.
 *
 * @param writer Where to.
 * @param boxed The object.
 */
export function writeBoxed(writer: ValueWriter, boxed: object): void {
  writer.writeByte(Tag.Boxed);
  writer.writeValue(boxed.valueOf());
}

/**
 * Reads what follows `Tag.Boxed`.
 *
 * @param reader Where from.
 * @returns The object.
 * @throws {SerializationError} When there is no primitive in it.
 */
export function readBoxed(reader: ValueReader): object {
  const number = reader.reserve();
  const primitive = reader.readValue();
  if (!["number", "string", "boolean", "bigint"].includes(typeof primitive)) {
    throw reader.damaged("a primitive is missing");
  }
  return reader.fulfil(number, Object(primitive));
}

/**
 * Writes an address.
 *
 * @param writer Where to.
 * @param url The address.
 */
export function writeUrl(writer: ValueWriter, url: URL): void {
  writer.writeByte(Tag.Url);
  writeText(writer, url.href);
}

/**
 * Reads what follows `Tag.Url`.
 *
 * @param reader Where from.
 * @returns The address.
 */
export function readUrl(reader: ValueReader): URL {
  const url = new URL(readText(reader));
  reader.remember(url);
  return url;
}
