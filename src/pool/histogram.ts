/**
 * Percentiles of durations, in constant memory.
 *
 * @module
 */

/** Buckets per doubling: a percentile is good to about 4 %. */
const STEPS = 16;
/** The shortest duration (ms) that is told apart: 2⁻¹⁰ ms, about 1 µs. */
const SMALLEST_EXPONENT = -10;
const BUCKETS = 48 * STEPS;

/** Durations in milliseconds: half of the values are at most `p50`, and so on. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Collects durations. */
export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;
  #max = 0;

  /**
   * Adds a duration.
   *
   * @param ms Milliseconds.
   * @param times How often it occurred.
   */
  add(ms: number, times: number = 1): void {
    const exponent = ms > 0 ? Math.log2(ms) - SMALLEST_EXPONENT : 0;
    const bucket = Math.min(BUCKETS - 1, Math.max(0, Math.ceil(exponent * STEPS)));
    this.#counts[bucket] += times;
    this.#total += times;
    if (ms > this.#max) this.#max = ms;
  }

  /** The percentiles of what was added; all 0 when there was nothing. */
  get percentiles(): Percentiles {
    return {
      p50: this.#quantile(0.5),
      p90: this.#quantile(0.9),
      p99: this.#quantile(0.99),
      max: this.#max,
    };
  }

  #quantile(share: number): number {
    let left = share * this.#total;
    for (let bucket = 0; bucket < BUCKETS && left > 0; bucket++) {
      left -= this.#counts[bucket];
      if (left <= 0) return Math.min(this.#max, 2 ** (bucket / STEPS + SMALLEST_EXPONENT));
    }
    return this.#max;
  }
}
