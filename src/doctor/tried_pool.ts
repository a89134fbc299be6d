/**
 * A pool of one worker that is tried: what it takes to answer, and whether what comes back is right.
 *
 * @module
 */

import { getContext } from "../context/context.ts";
import type { RuntimeName, StartMethod } from "../runtime/types.ts";
import { within } from "../support/limit.ts";

/** What is tried. */
export interface Trial {
  readonly method: StartMethod;
  /** The worker's runtime; `null` for that of this program. */
  readonly runtime: RuntimeName | null;
  /** The longest time (ms) for the first answer, and for each one after it. */
  readonly timeout: number;
}

/** What came of it. Times are in milliseconds. */
export interface Tried {
  /** From nothing to the first answer. */
  readonly firstMs: number;
  readonly secondMs: number;
  /** Bytes that went to the worker and back. */
  readonly bytes: number;
  readonly bytesMs: number;
  /** Whether they came back as they were. */
  readonly areRight: boolean;
}

/** Bytes: more than what stands in a message's own ring. */
const LARGE = 2 ** 22;
/** The longest time (ms) for the worker's end; whoever does not end is killed meanwhile, or left alone. */
const END = 5000;

/**
 * Tries a pool.
 *
 * @param trial What to try.
 * @returns What came of it.
 * @throws {TimeoutError} when an answer takes too long.
 * @throws whatever the pool does when it does not work.
 */
export async function tryPool({ method, runtime, timeout }: Trial): Promise<Tried> {
  const { Pool } = getContext(method);
  const started = performance.now();
  const pool = new Pool({ processes: 1, ...(runtime === null ? {} : { runtime }) });
  try {
    const call = async <T>(work: (value: T) => T, value: T): Promise<T> =>
      await within(pool.apply(work, [value]), { timeout }, "a call of a pool");
    await call((value) => value, 1);
    const first = performance.now();
    await call((value) => value, 2);
    const second = performance.now();
    const bytes = patterned(LARGE);
    const sent = performance.now();
    const back = await call((value) => value, bytes);
    return {
      firstMs: first - started,
      secondMs: second - first,
      bytes: LARGE,
      bytesMs: performance.now() - sent,
      areRight: areEqual(bytes, back),
    };
  } finally {
    await within(pool.terminate(), { timeout: END }, "the end of a pool").catch(() => {});
  }
}

/** Bytes of which no two neighbours of a page are alike. */
function patterned(size: number): Uint8Array {
  const words = new Uint32Array(size / Uint32Array.BYTES_PER_ELEMENT);
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i + 1, 0x9e3779b1);
  return new Uint8Array(words.buffer);
}

function areEqual(one: Uint8Array, other: unknown): boolean {
  if (!(other instanceof Uint8Array) || other.length !== one.length) return false;
  return one.every((byte, i) => byte === other[i]);
}
