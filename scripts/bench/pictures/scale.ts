/**
 * Logarithmic axes: where a value stands, and where the decades are.
 *
 * @module
 */

/** An axis. */
export interface Scale {
  /** Where a value stands (units of the drawing). */
  place(value: number): number;
  /** The powers of ten on it, with its ends where they are such. */
  readonly decades: readonly number[];
  /** Two to nine times these, as far as they are on it. */
  readonly between: readonly number[];
}

/** From where to where an axis goes (units of the drawing); the end may be before the start. */
export interface Reach {
  readonly start: number;
  readonly end: number;
}

/** What rounding adds to a logarithm at most. */
const ROUNDING = 1e-9;

/** Whether a value can stand on such an axis. */
export function isDrawable(value: number | null): value is number {
  return value !== null && Number.isFinite(value) && value > 0;
}

/**
 * Makes an axis that goes from a decade to a decade.
 *
 * @param values What is to stand on it.
 * @param reach Where it is.
 * @returns The axis.
 * @throws {RangeError} when no value is above 0.
 */
export function wholeDecades(values: readonly number[], reach: Reach): Scale {
  const [least, most] = endsOf(values);
  const from = Math.floor(Math.log10(least) + ROUNDING);
  const to = Math.max(from + 1, Math.ceil(Math.log10(most) - ROUNDING));
  return between(10 ** from, 10 ** to, reach);
}

/**
 * Makes an axis that goes from the least value to the most.
 *
 * @param values What is to stand on it.
 * @param reach Where it is.
 * @returns The axis.
 * @throws {RangeError} when no value is above 0.
 */
export function justFrom(values: readonly number[], reach: Reach): Scale {
  const [least, most] = endsOf(values);
  return between(least, most > least ? most : least * 10, reach);
}

function endsOf(values: readonly number[]): [least: number, most: number] {
  const usable = values.filter(isDrawable);
  if (usable.length === 0) throw new RangeError("There is nothing above 0 to draw");
  return [Math.min(...usable), Math.max(...usable)];
}

function between(least: number, most: number, { start, end }: Reach): Scale {
  const [from, to] = [Math.log10(least), Math.log10(most)];
  const exponents: number[] = [];
  for (let i = Math.floor(from + ROUNDING); i <= to + ROUNDING; i++) exponents.push(i);
  const isOn = (value: number): boolean =>
    Math.log10(value) >= from - ROUNDING && Math.log10(value) <= to + ROUNDING;
  const steps = [2, 3, 4, 5, 6, 7, 8, 9];
  return {
    place: (value) => start + (end - start) * (Math.log10(value) - from) / (to - from),
    decades: exponents.map((exponent) => 10 ** exponent).filter(isOn),
    between: exponents.flatMap((exponent) => steps.map((step) => step * 10 ** exponent)).filter(
      isOn,
    ),
  };
}
