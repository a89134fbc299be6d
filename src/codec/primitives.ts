/**
 * Numbers, big integers and symbols, both directions.
 *
 * @module
 */

import type { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { refuse } from "./refusal.ts";
import { Tag } from "./tags.ts";
import { readText, writeText } from "./text.ts";

const HEX = /^-?[0-9a-f]+$/;

/**
 * Writes a number: in 1 to 5 bytes if it is a 32-bit integer, in 9 otherwise.
 *
 * @param writer Where to.
 * @param value The number.
 */
export function writeNumber(writer: ByteWriter, value: number): void {
  // A 0 that divides 1 to minus infinity is -0.
  if ((value | 0) !== value || (value === 0 && 1 / value < 0)) {
    return writer.writeDouble(Tag.Float64, value);
  }
  if (value >= 0 && value < 128) return writer.writeByte(value);
  // The three sizes take one way, so that the first integer of another size is nothing new for compiled code.
  const bits = 33 - Math.clz32(value ^ (value >> 31));
  const step = bits > 16 ? 2 : bits > 8 ? 1 : 0;
  writer.writeInteger(Tag.Int8 + step, value, 1 << step);
}

/**
 * Writes a big integer.
 *
 * @param writer Where to.
 * @param value The integer.
 */
export function writeBigInt(writer: ByteWriter, value: bigint): void {
  if (BigInt.asIntN(64, value) === value) return writer.writeBigInt64(Tag.BigInt64, value);
  writer.writeByte(Tag.BigIntHex);
  writeText(writer, value.toString(16));
}

/**
 * Reads what follows `Tag.BigIntHex`.
 *
 * @param reader Where from.
 * @returns The integer.
 * @throws {SerializationError} When it is no number.
 */
export function readBigIntHex(reader: ByteReader): bigint {
  const text = readText(reader);
  if (!HEX.test(text)) throw reader.damaged("a big integer is no number");
  return text.startsWith("-") ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);
}

/**
 * Writes a symbol.
 *
 * @param writer Where to.
 * @param value The symbol.
 * @throws {Refusal} When it was not made by `Symbol.for`.
 */
export function writeSymbol(writer: ByteWriter, value: symbol): void {
  const key = Symbol.keyFor(value);
  if (key === undefined) throw refuse(value);
  writer.writeByte(Tag.Symbol);
  writeText(writer, key);
}

/**
 * Reads what follows `Tag.Symbol`.
 *
 * @param reader Where from.
 * @returns The symbol.
 */
export function readSymbol(reader: ByteReader): symbol {
  return Symbol.for(readText(reader));
}
