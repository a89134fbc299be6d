/**
 * What the program has said so far, as far as it does not say it again.
 *
 * @module
 */

import type { ErrorView, Point, Snapshot, Update } from "../data/views.ts";

/** How many points a line has. */
const POINTS = 300;

/** What is known. */
export class Store {
  snapshot: Snapshot | null = null;
  second = 0;
  readonly #points = new Map<number, Point[]>();
  readonly #errors = new Map<number, ErrorView>();

  /** The errors, the latest one first. */
  get errors(): ErrorView[] {
    return [...this.#errors.values()].sort((a, b) => b.id - a.id);
  }

  /** The points of a pool's lines. */
  pointsOf(pool: number): readonly Point[] {
    return this.#points.get(pool) ?? [];
  }

  /**
   * Takes news in.
   *
   * @param update The news.
   * @returns Whether they are of another run of the program than what was known, which is forgotten then.
   */
  take({ snapshot, second, lines, errors, firstError }: Update): boolean {
    const isOther = this.snapshot !== null && this.snapshot.program.id !== snapshot.program.id;
    if (isOther) {
      this.#points.clear();
      this.#errors.clear();
    }
    this.snapshot = snapshot;
    this.second = second;
    for (const { pool, points } of lines) {
      const known = this.#points.get(pool) ?? [];
      const last = known.at(-1)?.[0] ?? -1;
      this.#points.set(pool, [...known, ...points.filter(([at]) => at > last)].slice(-POINTS));
    }
    for (const [pool, points] of this.#points) {
      if (second - points[points.length - 1][0] > POINTS) this.#points.delete(pool);
    }
    for (const error of errors) this.#errors.set(error.id, error);
    for (const id of this.#errors.keys()) if (id < firstError) this.#errors.delete(id);
    return isOther;
  }
}
