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
  /** Their references, as many for each as its writer likes. */
  readonly references: Reference[] = [];
  /** How many records were made, also those that are overwritten. */
  count = 0;
  readonly #width: number;
  readonly #most: number;
  #room: number;
  #next = 0;

  /**
   * @param most How many records it keeps.
   * @param width How many numbers each has.
   */
  constructor(most: number, width: number) {
    this.#most = most;
    this.#width = width;
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

  #grow(): void {
    this.#room = Math.min(this.#room * 2, this.#most);
    const numbers = new Float64Array(this.#room * this.#width);
    numbers.set(this.numbers);
    this.numbers = numbers;
  }
}
