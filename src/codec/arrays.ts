/**
 * Arrays, both directions.
 *
 * @module
 */

import { define } from "./define.ts";
import { writeNumberRun } from "./number_runs.ts";
import { fieldStep, indexStep, refusalAt } from "./refusal.ts";
import { Tag } from "./tags.ts";
import { writeText } from "./text.ts";
import type { ValueReader } from "./value_reader.ts";
import type { ValueWriter } from "./value_writer.ts";

/** From this length on, an array of numbers is copied in one piece. */
const SHORTEST_RUN = 8;

/**
 * Longer arrays grow while they are read: a message of arrays in arrays could claim its whole size
 * once for each of them.
 */
const LONGEST_PRESIZED = 4096;

/** What the language allows. */
const LONGEST_ARRAY = 2 ** 32 - 1;

/** What an array is made of. */
const Content = { Integers: 0, Numbers: 1, Values: 2, Keyed: 3 } as const;

/**
 * Writes an array.
 *
 * An array of nothing but numbers is not asked for named keys, as asking takes a hundred times
 * longer than all the rest; such keys are lost. All other arrays keep them.
 *
 * @param writer Where to.
 * @param array The array.
 */
export function writeArray(writer: ValueWriter, array: unknown[]): void {
  const { length } = array;
  const content = contentOf(array);
  if (content === Content.Keyed) return writeKeyedArray(writer, array);
  if (content !== Content.Values && length >= SHORTEST_RUN) {
    return writeNumberRun(writer, array as number[], content === Content.Integers);
  }
  writer.enter();
  writer.writeByte(Tag.Array);
  writer.writeCount(length);
  let i = 0;
  try {
    for (; i < length; i++) writer.writeValue(array[i]);
  } catch (error) {
    throw refusalAt(error, indexStep, i);
  }
  writer.leave();
}

/**
 * Reads what follows `Tag.Array`.
 *
 * @param reader Where from.
 * @returns The array.
 */
export function readArray(reader: ValueReader): unknown[] {
  reader.enter();
  const length = reader.readLength(1);
  const array: unknown[] = length <= LONGEST_PRESIZED ? new Array(length) : [];
  reader.remember(array);
  for (let i = 0; i < length; i++) array[i] = reader.readValue();
  reader.leave();
  return array;
}

/**
 * Reads what follows `Tag.KeyedArray`.
 *
 * @param reader Where from.
 * @returns The array.
 * @throws {SerializationError} When a key is out of place.
 */
export function readKeyedArray(reader: ValueReader): unknown[] {
  reader.enter();
  const length = reader.readCount();
  if (length > LONGEST_ARRAY) throw reader.damaged("an array is too long");
  const array: unknown[] = [];
  // Beyond the largest arrays that V8 fills with memory: it makes a hash table of this one, and
  // keeps to that.
  if (length > 8 * reader.left) array.length = LONGEST_ARRAY;
  array.length = length;
  reader.remember(array);
  const count = reader.readLength(2);
  for (let i = 0; i < count; i++) {
    const key = reader.readValue();
    const value = reader.readValue();
    if (isIndexOf(length, key)) array[key] = value;
    else if (typeof key === "string" && key !== "length") define(array, key, value);
    else throw reader.damaged("an array's key is out of place");
  }
  reader.leave();
  return array;
}

function isIndexOf(length: number, key: unknown): key is number {
  return Number.isInteger(key) && (key as number) >= 0 && (key as number) < length;
}

function contentOf(array: unknown[]): number {
  const { length } = array;
  let i = countIntegers(array);
  if (i === length && length > 0) return Content.Integers;
  while (i < length && typeof array[i] === "number") i++;
  if (i === length && length > 0) return Content.Numbers;
  for (; i < length; i++) {
    if (array[i] === undefined && !(i in array)) return Content.Keyed;
  }
  return Object.keys(array).length === length ? Content.Values : Content.Keyed;
}

/**
 * How many elements, from the first on, are 32-bit integers, and not the -0 that divides 1 to minus
 * infinity.
 */
function countIntegers(array: unknown[]): number {
  const { length } = array;
  let i = 0;
  for (; i < length; i++) {
    const value = array[i];
    if (typeof value !== "number" || (value | 0) !== value || (value === 0 && 1 / value < 0)) break;
  }
  return i;
}

function writeKeyedArray(writer: ValueWriter, array: unknown[]): void {
  writer.enter();
  const keys = Object.keys(array);
  writer.writeByte(Tag.KeyedArray);
  writer.writeCount(array.length);
  writer.writeCount(keys.length);
  for (const key of keys) {
    const index = Number(key);
    const isIndex = isIndexOf(array.length, index) && String(index) === key;
    try {
      if (isIndex) writer.writeValue(index);
      else writeText(writer, key);
      writer.writeValue((array as unknown as Record<string, unknown>)[key]);
    } catch (error) {
      throw isIndex ? refusalAt(error, indexStep, index) : refusalAt(error, fieldStep, key);
    }
  }
  writer.leave();
}
