/**
 * Writes into a part of a byte array, and counts on when that part is full.
 *
 * Counting on has two uses: nothing has to be undone when a value does not fit, and measuring a
 * value is writing it into no space at all, so that the two can never disagree.
 *
 * @module
 */

const NOTHING = new Uint8Array(0);
const double = new Float64Array(1);
const bigint = new BigInt64Array(double.buffer);
const octets = new Uint8Array(double.buffer);

/** A cursor over a part of a byte array. */
export class ByteWriter {
  /** The array that is written to. */
  bytes: Uint8Array = NOTHING;
  #start = 0;
  #position = 0;
  #end = 0;

  /** Where the next byte goes; beyond the end once something did not fit. */
  get position(): number {
    return this.#position;
  }

  /** Whether everything has fitted so far. */
  get fits(): boolean {
    return this.#position <= this.#end;
  }

  /**
   * Starts over.
   *
   * @param bytes The array to write to.
   * @param start The first position.
   * @param end The position behind the last one.
   */
  aim(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.#start = start;
    this.#position = start;
    this.#end = end;
  }

  /** Lets go of the array. */
  release(): void {
    this.bytes = NOTHING;
  }

  /**
   * Takes the next bytes.
   *
   * @param size How many.
   * @returns Where they stand, or -1 when they do not fit.
   */
  claim(size: number): number {
    const at = this.#position;
    this.#position = at + size;
    return this.#position <= this.#end ? at : -1;
  }

  /** How many bytes are left; negative once something did not fit. */
  get room(): number {
    return this.#end - this.#position;
  }

  /**
   * Returns the last of the bytes that were claimed.
   *
   * @param size How many.
   */
  giveBack(size: number): void {
    this.#position -= size;
  }

  /** Moves to the next multiple of 8, counted from the start. */
  align(): void {
    this.#position += -(this.#position - this.#start) & 7;
  }

  /**
   * Writes one byte.
   *
   * @param byte The byte.
   */
  writeByte(byte: number): void {
    const at = this.#position++;
    if (at < this.#end) this.bytes[at] = byte;
  }

  /**
   * Writes a count or a size.
   *
   * @param count A whole number from 0 to 2^53 - 1.
   */
  writeCount(count: number): void {
    let rest = count;
    while (rest > 127) {
      this.writeByte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.writeByte(rest);
  }

  /**
   * Writes a tag and an integer behind it.
   *
   * @param tag The tag.
   * @param value The integer.
   * @param size Its size: 1, 2 or 4 bytes.
   */
  writeInteger(tag: number, value: number, size: number): void {
    const at = this.claim(1 + size);
    if (at < 0) return;
    const bytes = this.bytes;
    bytes[at] = tag;
    for (let i = 0; i < size; i++) bytes[at + 1 + i] = value >> (8 * i);
  }

  /**
   * Writes a tag and a number behind it.
   *
   * @param tag The tag.
   * @param value The number.
   */
  writeDouble(tag: number, value: number): void {
    double[0] = value;
    this.#writeOctets(tag);
  }

  /**
   * Writes a tag and a 64-bit integer behind it.
   *
   * @param tag The tag.
   * @param value The integer.
   */
  writeBigInt64(tag: number, value: bigint): void {
    bigint[0] = value;
    this.#writeOctets(tag);
  }

  /**
   * Writes the size of a piece of memory, then its bytes at a multiple of 8.
   *
   * @param content The piece of memory.
   */
  writeBlock(content: Uint8Array): void {
    // Not its length: V8's compiled code takes one of more than 2 GiB for a negative number, once.
    const size = content.byteLength;
    this.writeCount(size);
    this.align();
    const at = this.claim(size);
    if (at >= 0) this.bytes.set(content, at);
  }

  #writeOctets(tag: number): void {
    const at = this.claim(9);
    if (at < 0) return;
    const bytes = this.bytes;
    bytes[at] = tag;
    for (let i = 0; i < 8; i++) bytes[at + 1 + i] = octets[i];
  }
}
