/**
 * Windows as a picture shows them: the first ones each for itself, then as many together as stand close to each other on a
 * logarithmic axis.
 *
 * @module
 */

import { median } from "../timing.ts";

/** How many are shown each for itself. */
export const ALONE = 10;
/** How much farther a group goes than it begins. */
const RATIO = 1.15;

/**
 * Thins a series out.
 *
 * @param values A value for each window, from the first one on.
 * @returns Windows, from 1, and what they came to: of a group the window and the value in the middle.
 */
export function thinned(values: readonly number[]): [window: number, value: number][] {
  const found: [number, number][] = [];
  for (let from = 1; from <= values.length;) {
    const size = from <= ALONE ? 1 : Math.max(2, Math.round(from * (RATIO - 1)));
    const group = values.slice(from - 1, from - 1 + size);
    found.push([from + (group.length - 1) / 2, median(group)]);
    from += size;
  }
  return found;
}
