/**
 * The format's tags. A value is a tag byte and what the tag asks for; a byte below 128 is itself
 * that integer.
 *
 * - Numbers are in the byte order of the machine, which is little-endian wherever the three
 *   runtimes run.
 * - A `count` or `size` is a varint: seven bits a byte, the lowest first, at most 2^53 - 1.
 * - A `text` is a value that is a string; a `value` is any value.
 * - `pad` stands for zero to seven bytes up to the next multiple of 8, counted from the message's
 *   start: bulk copies into shared memory are up to ten times slower on odd addresses.
 * - Every object has a number, in the order in which the objects' tags appear: that is what
 *   `Reference` refers to.
 *
 * Both ends of a connection run the same format: its version is compared when they meet, not in
 * each value.
 *
 * @module
 */

/** The tag bytes. The comments name what follows each. */
export const Tag = {
  /** Nothing follows. */
  Undefined: 0x80,
  /** Nothing follows. */
  Null: 0x81,
  /** Nothing follows. */
  True: 0x82,
  /** Nothing follows. */
  False: 0x83,
  /** 1 byte, signed. */
  Int8: 0x84,
  /** 2 bytes, signed. */
  Int16: 0x85,
  /** 4 bytes, signed. */
  Int32: 0x86,
  /** 8 bytes. */
  Float64: 0x87,
  /** 8 bytes, signed. */
  BigInt64: 0x88,
  /** text: the number in hexadecimal, perhaps after a minus sign. */
  BigIntHex: 0x89,
  /** 1 byte: the length; then 1 byte a character. */
  Latin1: 0x8a,
  /** 4 bytes: the size; then UTF-8. */
  Utf8: 0x8b,
  /** count; then 2 bytes a code unit. */
  Utf16: 0x8c,
  /** text: the key of `Symbol.for`. */
  Symbol: 0x8d,
  /** count: the number of the object that comes once more. */
  Reference: 0x8e,
  /** count; then the values. An array without holes. */
  Array: 0x8f,
  /**
   * count: the length; count; then key and value in turns. An array with holes or with named keys.
   */
  KeyedArray: 0x90,
  /** count; pad; 4 bytes each. An array of integers. */
  Int32Run: 0x91,
  /** count; pad; 8 bytes each. An array of numbers. */
  Float64Run: 0x92,
  /** shape; then its values. A plain object. */
  Object: 0x93,
  /** count; then key and value in turns. */
  Map: 0x94,
  /** count; then the values. */
  Set: 0x95,
  /** 8 bytes: milliseconds, perhaps NaN. */
  Date: 0x96,
  /** text: the source; text: the flags. */
  RegExp: 0x97,
  /** value: the primitive in the object. */
  Boxed: 0x98,
  /** text: the address. */
  Url: 0x99,
  /** size; pad; the bytes. */
  ArrayBuffer: 0x9a,
  /** size: the largest it may become; size; pad; the bytes. */
  ResizableBuffer: 0x9b,
  /** 1 byte: which kind; size; pad; the bytes. A view that comes with its own bytes only. */
  LoneView: 0x9c,
  /**
   * 1 byte: which kind; size: the offset; count: the length and 1, or 0 for "to the end"; value:
   * the buffer.
   */
  View: 0x9d,
  /** text: the name of a known class; then properties, see `error_value.ts`. */
  Error: 0x9e,
  /** class; then properties. An instance of a registered subclass of Error. */
  ErrorInstance: 0x9f,
  /** text: the message; text: the name; then properties. */
  DomException: 0xa0,
  /** class; shape; then its values. */
  Instance: 0xa1,
  /** class; value: what the class's `[serialize]` gave. */
  SerializedInstance: 0xa2,
  /** count: the kind; value: the payload. */
  Handle: 0xa3,
  /**
   * text: the key of an exported subclass of Error; text: the name or key of the nearest class for
   * who does not know it; shape; then the values for that case; then properties.
   */
  ExportedError: 0xa4,
} as const;

/**
 * How many containers may stand inside each other. Both sides are recursive, the writing one uses
 * more stack, and a level takes most of it before the engine has compiled anything: half a kilobyte
 * on V8. So this depth needs half of the smallest stack that a runtime gives. Where a caller has
 * left less, the end of the stack is reported in the same way.
 */
export const MAX_DEPTH: number = 1000;

/** Strings up to this length are copied by a loop; above it the runtime's own coders are faster. */
export const SHORT_TEXT: number = 24;

/** Shapes of objects that a message may number; objects of further shapes spell their keys out. */
export const MAX_SHAPES: number = 32;

/**
 * The most keys of an object whose shape is numbered. Larger objects are rather tables, whose keys
 * do not come again.
 */
export const MAX_SHAPE_KEYS: number = 64;
