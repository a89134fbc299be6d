/**
 * The types of shared values: names as typed arrays have them, and Python's codes.
 *
 * @module
 */

import { show } from "../support/options.ts";

/** A type by its name. */
export type TypeName =
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float32"
  | "float64"
  | "bool";

/** A type by Python's code; `l` and `L` have 64 bits, as on Linux. */
export type TypeCode =
  | "b"
  | "B"
  | "h"
  | "H"
  | "i"
  | "I"
  | "l"
  | "L"
  | "q"
  | "Q"
  | "f"
  | "d"
  | "c"
  | "u";

/** The type of a shared value or of an array's elements. */
export type ElementType = TypeName | TypeCode;

/** The JavaScript type of a shared value. */
export type ValueOf<T extends ElementType> = T extends "int64" | "uint64" | "l" | "L" | "q" | "Q"
  ? bigint
  : T extends "bool" ? boolean
  : T extends "c" ? Uint8Array
  : T extends "u" ? string
  : number;

/** What a value of a type, or an element of an array, may be made of: a `bool` of a number, and a char of its code, too. */
export type ItemOf<T extends ElementType> = T extends "bool" ? boolean | number
  : T extends "c" ? Uint8Array | number
  : ValueOf<T>;

/** The typed array of a type. */
export type ViewOf<T extends ElementType> = T extends "int8" | "b" ? Int8Array
  : T extends "uint8" | "B" | "bool" | "c" ? Uint8Array
  : T extends "int16" | "h" ? Int16Array
  : T extends "uint16" | "H" ? Uint16Array
  : T extends "int32" | "i" ? Int32Array
  : T extends "uint32" | "I" | "u" ? Uint32Array
  : T extends "float32" | "f" ? Float32Array
  : T extends "float64" | "d" ? Float64Array
  : T extends "int64" | "l" | "q" ? BigInt64Array
  : BigUint64Array;

/** Any of the typed arrays. */
export type AnyView =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** How the values of a type are kept. */
export interface Element {
  /** Its name, or `c` or `u`. */
  readonly name: TypeName | "c" | "u";
  // deno-lint-ignore no-explicit-any
  readonly View: new (buffer: any, offset?: number, length?: number) => AnyView;
  /** Checks a value, and gives what is kept of it. Integers wrap. */
  toElement(value: unknown): number | bigint;
  /** The value that an element stands for. */
  fromElement(element: number | bigint): unknown;
}

const same = (element: number | bigint): unknown => element;

function element(
  name: Element["name"],
  View: Element["View"],
  toElement: Element["toElement"],
  fromElement: Element["fromElement"] = same,
): Element {
  return { name, View, toElement, fromElement };
}

const ELEMENTS: Record<Element["name"], Element> = {
  int8: element("int8", Int8Array, toInteger),
  uint8: element("uint8", Uint8Array, toInteger),
  int16: element("int16", Int16Array, toInteger),
  uint16: element("uint16", Uint16Array, toInteger),
  int32: element("int32", Int32Array, toInteger),
  uint32: element("uint32", Uint32Array, toInteger),
  int64: element("int64", BigInt64Array, toBigInteger),
  uint64: element("uint64", BigUint64Array, toBigInteger),
  float32: element("float32", Float32Array, toFloat),
  float64: element("float64", Float64Array, toFloat),
  bool: element("bool", Uint8Array, toBoolean, (value) => value !== 0),
  c: element("c", Uint8Array, toByte, (value) => Uint8Array.of(Number(value))),
  u: element("u", Uint32Array, toCodePoint, (value) => String.fromCodePoint(Number(value))),
};

const CODES: Record<TypeCode, Element["name"]> = {
  b: "int8",
  B: "uint8",
  h: "int16",
  H: "uint16",
  i: "int32",
  I: "uint32",
  l: "int64",
  L: "uint64",
  q: "int64",
  Q: "uint64",
  f: "float32",
  d: "float64",
  c: "c",
  u: "u",
};

/**
 * Finds a type.
 *
 * @param type Its name or Python's code, as the user gave it.
 * @returns The type.
 * @throws {TypeError} when there is no such type.
 */
export function elementOf(type: unknown): Element {
  if (typeof type === "string") {
    if (Object.hasOwn(ELEMENTS, type)) return ELEMENTS[type as TypeName];
    if (Object.hasOwn(CODES, type)) return ELEMENTS[CODES[type as TypeCode]];
  }
  const names = [...Object.keys(ELEMENTS).slice(0, -2), ...Object.keys(CODES)].join(", ");
  throw new TypeError(`Unknown type of shared values: ${show(type)}; there are ${names}`);
}

function toInteger(value: unknown): number {
  if (typeof value === "bigint") return Number(BigInt.asIntN(32, value));
  if (Number.isInteger(value)) return value as number;
  throw new TypeError(`A shared integer must be a whole number, got ${show(value)}`);
}

function toBigInteger(value: unknown): bigint {
  if (typeof value === "bigint") return value;
  if (Number.isInteger(value)) return BigInt(value as number);
  throw new TypeError(
    `A shared 64-bit integer must be a bigint or a whole number, got ${show(value)}`,
  );
}

function toFloat(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  throw new TypeError(`A shared float must be a number, got ${show(value)}`);
}

function toBoolean(value: unknown): number {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return value === 0 ? 0 : 1;
  throw new TypeError(`A shared bool must be true or false, got ${show(value)}`);
}

function toByte(value: unknown): number {
  if (value instanceof Uint8Array && value.length === 1) return value[0];
  if (Number.isInteger(value) && value as number >= 0 && value as number < 256) {
    return value as number;
  }
  throw new TypeError(`A shared char must be one byte, got ${show(value)}`);
}

function toCodePoint(value: unknown): number {
  if (typeof value === "string" && [...value].length === 1) return value.codePointAt(0)!;
  throw new TypeError(`A shared wide char must be a text of one character, got ${show(value)}`);
}
