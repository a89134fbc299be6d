/**
 * Percentiles of durations, in constant memory.
 *
 * @module
 */

/** Buckets per doubling, as a power of two: a percentile is good to about 6 %. */
const STEP_BITS = 4;
const STEPS = 1 << STEP_BITS;
/** Durations are counted in 1/1024 ms, about a microsecond, and up to 35 minutes. */
const UNITS_PER_MS = 1024;
const LARGEST = 2 ** 31 - 1;
const BUCKETS = (32 - STEP_BITS + 1) * STEPS;

/** Durations in milliseconds: half of the values are at most `p50`, and so on. */
export interface Percentiles {
  /** Half of the durations are at most this long. */
  readonly p50: number;
  /** 90 % of them are. */
  readonly p90: number;
  /** 99 % of them are. */
  readonly p99: number;
  /** The longest one. */
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
    const units = Math.min(LARGEST, Math.max(0, ms * UNITS_PER_MS)) | 0;
    this.#counts[bucketOf(units)] += times;
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
      if (left <= 0) return Math.min(this.#max, upperEnd(bucket) / UNITS_PER_MS);
    }
    return this.#max;
  }
}

/** Small durations have a bucket each; of larger ones the first digits count, in binary. */
function bucketOf(units: number): number {
  if (units < STEPS) return units;
  const shift = 31 - STEP_BITS - Math.clz32(units);
  return (shift << STEP_BITS) + (units >> shift);
}

function upperEnd(bucket: number): number {
  if (bucket < STEPS) return bucket;
  const shift = (bucket >> STEP_BITS) - 1;
  return (bucket - (shift << STEP_BITS) + 1) * 2 ** shift;
}
