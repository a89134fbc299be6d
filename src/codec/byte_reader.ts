/**
 * Reads from a part of a byte array. No length is believed: whatever a message claims is compared
 * with the bytes that are left before anything is allocated.
 *
 * @module
 */

import { SerializationError } from "../errors.ts";
import { freshBytes } from "../support/fresh_bytes.ts";

const NOTHING = new Uint8Array(0);
const double = new Float64Array(1);
const bigint = new BigInt64Array(double.buffer);
const octets = new Uint8Array(double.buffer);

/** A cursor over a part of a byte array. */
export class ByteReader {
  /** The array that is read from. */
  bytes: Uint8Array = NOTHING;
  #start = 0;
  #position = 0;
  #end = 0;

  /**
   * Starts over.
   *
   * @param bytes The array to read from.
   * @param start The first position.
   * @param end The position behind the last one.
   */
  aim(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.#start = start;
    this.#position = start;
    this.#end = Math.min(end, bytes.byteLength);
  }

  /** Lets go of the array. */
  release(): void {
    this.bytes = NOTHING;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#end - this.#position;
  }

  /**
   * Makes the error for bytes that no encoder wrote.
   *
   * @param reason What is wrong with them.
   * @returns The error.
   */
  damaged(reason: string): SerializationError {
    return new SerializationError(
      `Cannot read a damaged message: ${reason} at byte ${this.#position - this.#start}`,
    );
  }

  /**
   * Takes the next bytes.
   *
   * @param size How many.
   * @returns Where they stand.
   * @throws {SerializationError} When there are not so many.
   */
  take(size: number): number {
    const at = this.#position;
    if (size > this.left) throw this.damaged("it ends too early");
    this.#position = at + size;
    return at;
  }

  /**
   * Returns the last of the bytes that were taken.
   *
   * @param size How many.
   */
  giveBack(size: number): void {
    this.#position -= size;
  }

  /** Moves to the next multiple of 8, counted from the start. */
  align(): void {
    this.take(-(this.#position - this.#start) & 7);
  }

  /**
   * Reads one byte.
   *
   * @returns The byte.
   * @throws {SerializationError} When there is none.
   */
  readByte(): number {
    if (this.#position >= this.#end) throw this.damaged("it ends too early");
    return this.bytes[this.#position++];
  }

  /**
   * Reads a count or a size.
   *
   * @returns A whole number from 0 to 2^53 - 1.
   * @throws {SerializationError} When there is none.
   */
  readCount(): number {
    let byte = this.readByte();
    if (byte < 128) return byte;
    let count = byte - 128;
    let scale = 128;
    do {
      byte = this.readByte();
      count += (byte & 127) * scale;
      scale *= 128;
    } while (byte > 127 && count <= Number.MAX_SAFE_INTEGER && scale < 2 ** 60);
    if (byte > 127 || count > Number.MAX_SAFE_INTEGER) throw this.damaged("a number is too large");
    return count;
  }

  /**
   * Reads the number of things that follow.
   *
   * @param size How many bytes each of them has at least.
   * @returns How many things follow.
   * @throws {SerializationError} When the bytes that are left cannot hold so many.
   */
  readLength(size: number): number {
    const length = this.readCount();
    if (length * size > this.left) {
      throw this.damaged(`a length of ${length} is more than what is left`);
    }
    return length;
  }

  /**
   * Reads a signed integer.
   *
   * @param size Its size: 1, 2 or 4 bytes.
   * @returns The integer.
   * @throws {SerializationError} When there are not so many bytes.
   */
  readInteger(size: number): number {
    const at = this.take(size);
    const bytes = this.bytes;
    let value = 0;
    for (let i = 0; i < size; i++) value |= bytes[at + i] << (8 * i);
    const unused = 32 - 8 * size;
    return (value << unused) >> unused;
  }

  /**
   * Reads a number.
   *
   * @returns The number.
   * @throws {SerializationError} When there are not 8 bytes.
   */
  readDouble(): number {
    this.#readOctets();
    return double[0];
  }

  /**
   * Reads a 64-bit integer.
   *
   * @returns The integer.
   * @throws {SerializationError} When there are not 8 bytes.
   */
  readBigInt64(): bigint {
    this.#readOctets();
    return bigint[0];
  }

  /**
   * Reads a piece of memory that `writeBlock` wrote.
   *
   * @returns A copy of it, in a buffer of its own.
   * @throws {SerializationError} When there are not so many bytes.
   */
  readBlock(): Uint8Array<ArrayBuffer> {
    const size = this.readLength(1);
    this.align();
    return this.copy(size);
  }

  /**
   * Copies the next bytes.
   *
   * @param size How many.
   * @returns The copy, in a buffer of its own.
   * @throws {SerializationError} When there are not so many.
   */
  copy(size: number): Uint8Array<ArrayBuffer> {
    const at = this.take(size);
    const copy = freshBytes(size);
    copy.set(this.bytes.subarray(at, at + size));
    return copy;
  }

  #readOctets(): void {
    const at = this.take(8);
    const bytes = this.bytes;
    for (let i = 0; i < 8; i++) octets[i] = bytes[at + i];
  }
}
