/**
 * Arrays of numbers, both directions: looked through once, then copied as one typed array. This is
 * where a codec of our own gains most: ten times and more over the runtimes' own.
 *
 * @module
 */

import { Tag } from "./tags.ts";
import type { ValueReader } from "./value_reader.ts";
import type { ValueWriter } from "./value_writer.ts";

/** Above this length V8 makes a hash table of `new Array(length)`. */
const LONGEST_PRESIZED = 2 ** 24;

/**
 * Writes an array whose elements are all numbers.
 *
 * @param writer Where to.
 * @param array The array.
 * @param integers Whether all of them are 32-bit integers, and none is -0.
 */
export function writeNumberRun(
  writer: ValueWriter,
  array: readonly number[],
  integers: boolean,
): void {
  const { length } = array;
  const size = integers ? 4 : 8;
  writer.writeByte(integers ? Tag.Int32Run : Tag.Float64Run);
  writer.writeCount(length);
  writer.align();
  const at = writer.claim(length * size);
  if (at < 0) return;
  const { bytes } = writer;
  // The array's memory is used directly where it can be, which is where callers keep to the
  // alignment that they are asked for.
  const offset = bytes.byteOffset + at;
  const aligned = offset % 8 === 0;
  const buffer = aligned ? bytes.buffer : new ArrayBuffer(length * size);
  if (integers) copyIntegers(array, new Int32Array(buffer, aligned ? offset : 0, length));
  else copyFloats(array, new Float64Array(buffer, aligned ? offset : 0, length));
  if (!aligned) bytes.set(new Uint8Array(buffer), at);
}

/**
 * Reads what follows `Tag.Int32Run`.
 *
 * @param reader Where from.
 * @returns The array.
 */
export function readInt32Run(reader: ValueReader): number[] {
  const { buffer, offset, length } = takeRun(reader, 4);
  const source = new Int32Array(buffer, offset, length);
  const array = presized(length);
  for (let i = 0; i < length; i++) array[i] = source[i];
  reader.remember(array);
  return array;
}

/**
 * Reads what follows `Tag.Float64Run`.
 *
 * @param reader Where from.
 * @returns The array.
 */
export function readFloat64Run(reader: ValueReader): number[] {
  const { buffer, offset, length } = takeRun(reader, 8);
  const source = new Float64Array(buffer, offset, length);
  const array = presized(length);
  for (let i = 0; i < length; i++) array[i] = source[i];
  reader.remember(array);
  return array;
}

// Two loops and not one over either type: an engine makes fast code for a loop that sees one kind
// of typed array.

function copyIntegers(array: readonly number[], target: Int32Array): void {
  for (let i = 0; i < target.length; i++) target[i] = array[i];
}

function copyFloats(array: readonly number[], target: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i] = array[i];
}

/** Makes an array that will be filled from its start to its end. */
function presized(length: number): number[] {
  return length <= LONGEST_PRESIZED ? new Array<number>(length) : [];
}

function takeRun(
  reader: ValueReader,
  size: number,
): { buffer: ArrayBufferLike; offset: number; length: number } {
  const length = reader.readLength(size);
  reader.align();
  const at = reader.take(length * size);
  const { bytes } = reader;
  const offset = bytes.byteOffset + at;
  if (offset % 8 === 0) return { buffer: bytes.buffer, offset, length };
  reader.giveBack(length * size);
  return { buffer: reader.copy(length * size).buffer, offset: 0, length };
}
