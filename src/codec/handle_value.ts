/**
 * Handles in a message, both directions.
 *
 * @module
 */

import { Tag } from "./tags.ts";
import type { ValueReader } from "./value_reader.ts";
import type { ValueWriter } from "./value_writer.ts";

/**
 * Writes an object as a handle, if it is one.
 *
 * @param writer Where to.
 * @param value The object.
 * @returns Whether it was one.
 */
export function writeHandle(writer: ValueWriter, value: object): boolean {
  const handle = writer.handles.toHandle(value);
  if (handle === null) return false;
  writer.writeByte(Tag.Handle);
  writer.writeCount(handle.kind);
  writer.writeApart(value, handle.payload);
  return true;
}

/**
 * Reads what follows `Tag.Handle`.
 *
 * @param reader Where from.
 * @returns The object.
 */
export function readHandle(reader: ValueReader): object {
  const number = reader.reserve();
  const kind = reader.readCount();
  return reader.fulfil(number, reader.handles.fromHandle(kind, reader.readApart()));
}
