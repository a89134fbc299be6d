/**
 * Records of equal size in a ring: when it is full, each takes the place of the oldest one.
 *
 * A record is some numbers and some references. It is written in place, so that one costs no object, and takes little room, so that
 * one costs little of the processor's caches. Room is made in blocks, when it is needed.
 *
 * @module
 */

/** How many records a block has. */
const BLOCK = 1024;

/** How much a record has. */
export interface RecordShape {
  /** Numbers of 8 bytes; in their place, there may be two of 4 bytes. */
  readonly doubles: number;
  readonly references: number;
}

/** Some records. All numbers are in the same memory. */
export interface Block<Reference> {
  readonly doubles: Float64Array;
  readonly floats: Float32Array;
  readonly ints: Int32Array;
  readonly references: Reference[];
}

/** A ring of records. */
export class RecordRing<Reference> {
  /** How many records were made, also those that are overwritten. */
  count = 0;
  readonly #most: number;
  readonly #shape: RecordShape;
  readonly #none: Reference;
  readonly #blocks: Block<Reference>[] = [];
  /** The block of the record that was added last. */
  block!: Block<Reference>;
  #blockNumber = -1;
  /** How many records there are in that block, and how many there may be. */
  #used = 0;
  #room = 0;

  /**
   * @param most How many records it keeps.
   * @param shape How much each has.
   * @param none A reference that stands for none.
   */
  constructor(most: number, shape: RecordShape, none: Reference) {
    this.#most = most;
    this.#shape = shape;
    this.#none = none;
  }

  /** How many records there are. */
  get size(): number {
    return Math.min(this.count, this.#most);
  }

  /** How many records are overwritten. */
  get dropped(): number {
    return this.count - this.size;
  }

  /** How many records there is room for without more memory. */
  get room(): number {
    return Math.min(this.#blocks.length * BLOCK, this.#most);
  }

  /**
   * Makes room for a record, which the caller writes at once: all of its numbers, and all of its references.
   *
   * @returns Its place in {@linkcode block}.
   */
  add(): number {
    if (this.#used === this.#room) this.#turn();
    this.count++;
    return this.#used++;
  }

  /** All records, the oldest first: the block of each, and the place in it. */
  *records(): Generator<[block: Block<Reference>, place: number]> {
    const { size, dropped } = this;
    for (let i = 0; i < size; i++) {
      const place = (dropped + i) % this.#most;
      yield [this.#blocks[Math.floor(place / BLOCK)], place % BLOCK];
    }
  }

  /** Goes on in the next block, or in the first one again. */
  #turn(): void {
    const isLast = (this.#blockNumber + 1) * BLOCK >= this.#most;
    this.#blockNumber = isLast ? 0 : this.#blockNumber + 1;
    this.#room = Math.min(BLOCK, this.#most - this.#blockNumber * BLOCK);
    this.#used = 0;
    if (this.#blockNumber === this.#blocks.length) this.#blocks.push(this.#create(this.#room));
    this.block = this.#blocks[this.#blockNumber];
  }

  #create(records: number): Block<Reference> {
    const doubles = new Float64Array(records * this.#shape.doubles);
    return {
      doubles,
      floats: new Float32Array(doubles.buffer),
      ints: new Int32Array(doubles.buffer),
      references: new Array(records * this.#shape.references).fill(this.#none),
    };
  }
}
