/**
 * Maps and sets, both directions.
 *
 * @module
 */

import { entryStep, keyStep, Refusal, refusalAt, valueStep } from "./refusal.ts";
import { Tag } from "./tags.ts";
import type { ValueReader } from "./value_reader.ts";
import type { ValueWriter } from "./value_writer.ts";

/**
 * Writes a map.
 *
 * @param writer Where to.
 * @param map The map.
 */
export function writeMap(writer: ValueWriter, map: Map<unknown, unknown>): void {
  writer.enter();
  const { size } = map;
  writer.writeByte(Tag.Map);
  writer.writeCount(size);
  let index = 0;
  for (const [key, value] of map) {
    if (index === size) throw changed();
    try {
      writer.writeValue(key);
    } catch (error) {
      throw refusalAt(error, keyStep, index);
    }
    try {
      writer.writeValue(value);
    } catch (error) {
      throw refusalAt(error, entryStep, { key, index });
    }
    index++;
  }
  if (index !== size) throw changed();
  writer.leave();
}

/**
 * Reads what follows `Tag.Map`.
 *
 * @param reader Where from.
 * @returns The map.
 */
export function readMap(reader: ValueReader): Map<unknown, unknown> {
  reader.enter();
  const map = new Map<unknown, unknown>();
  reader.remember(map);
  const size = reader.readLength(2);
  for (let i = 0; i < size; i++) {
    const key = reader.readValue();
    map.set(key, reader.readValue());
  }
  reader.leave();
  return map;
}

/**
 * Writes a set.
 *
 * @param writer Where to.
 * @param set The set.
 */
export function writeSet(writer: ValueWriter, set: Set<unknown>): void {
  writer.enter();
  const { size } = set;
  writer.writeByte(Tag.Set);
  writer.writeCount(size);
  let index = 0;
  for (const value of set) {
    if (index === size) throw changed();
    try {
      writer.writeValue(value);
    } catch (error) {
      throw refusalAt(error, valueStep, index);
    }
    index++;
  }
  if (index !== size) throw changed();
  writer.leave();
}

/**
 * Reads what follows `Tag.Set`.
 *
 * @param reader Where from.
 * @returns The set.
 */
export function readSet(reader: ValueReader): Set<unknown> {
  reader.enter();
  const set = new Set<unknown>();
  reader.remember(set);
  const size = reader.readLength(1);
  for (let i = 0; i < size; i++) set.add(reader.readValue());
  reader.leave();
  return set;
}

/**
 * A getter or a `[serialize]` may change what holds it; the count that is written already would be
 * wrong.
 */
function changed(): Refusal {
  return new Refusal("it was changed while it was read");
}
