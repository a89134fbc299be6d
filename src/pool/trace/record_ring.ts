/**
 * Records of equal size in a ring: when it is full, each takes the place of the oldest one.
 *
 * A record is some numbers and some references. It is written in place, so that one costs no object.
 *
 * @module
 */

/** How many records there is room for at first. */
const FIRST = 256;

/** A ring of records. */
export class RecordRing<Reference> {
  /** The numbers of all records, one record after the other. */
  numbers: Float64Array;
  /** Their references. */
  readonly references: Reference[] = [];
  /** How many records were made, also those that are overwritten. */
  count = 0;
  readonly #width: number;
  readonly #depth: number;
  readonly #most: number;
  #room: number;
  #next = 0;

  /**
   * @param most How many records it keeps.
   * @param width How many numbers each has.
   * @param depth How many references each has.
   */
  constructor(most: number, width: number, depth: number) {
    this.#most = most;
    this.#width = width;
    this.#depth = depth;
    this.#room = Math.min(FIRST, most);
    this.numbers = new Float64Array(this.#room * width);
  }

  /** How many records there are. */
  get size(): number {
    return Math.min(this.count, this.#most);
  }

  /** How many records are overwritten. */
  get dropped(): number {
    return this.count - this.size;
  }

  /**
   * Makes room for a record, which the caller writes at once: all of its numbers, and all of its references.
   *
   * @returns The number of its place.
   */
  add(): number {
    const place = this.#next;
    if (place === this.#room) this.#grow();
    this.#next = place + 1 === this.#most ? 0 : place + 1;
    this.count++;
    return place;
  }

  /** The places of the records, that of the oldest first. */
  *places(): Generator<number> {
    const { size } = this;
    const first = this.count > size ? this.#next : 0;
    for (let i = 0; i < size; i++) yield (first + i) % this.#most;
  }

  /** Where the numbers of a record begin. */
  numbersAt(place: number): number {
    return place * this.#width;
  }

  /** Where the references of a record begin. */
  referencesAt(place: number): number {
    return place * this.#depth;
  }

  #grow(): void {
    this.#room = Math.min(this.#room * 2, this.#most);
    const numbers = new Float64Array(this.#room * this.#width);
    numbers.set(this.numbers);
    this.numbers = numbers;
  }
}
