/**
 * What a job tells about how far it is.
 *
 * @module
 */

/** Counts the items of one job. */
export interface ItemMeter {
  /** Says how many items there are, once that is known. */
  expect(total: number): void;
  /** Takes note of items that are done, some of which may have failed. */
  add(items: number, failed: number): void;
  /** Says that it is over, one way or the other. */
  end(): void;
}
