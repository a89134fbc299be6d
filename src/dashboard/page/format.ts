/**
 * Numbers as people read them.
 *
 * @module
 */

/** What stands for what is not known. */
const UNKNOWN = "–";
const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** A count: `12,345`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** A rate: `0.3`, `12`, `1,200`. */
export function rate(value: number): string {
  return value > 0 && value < 10 ? value.toFixed(1) : count(value);
}

/** A time: `0.25 ms`, `12 ms`, `3.4 s`, `2 min 5 s`, `3 h 4 min`. */
export function duration(ms: number | null): string {
  if (ms === null) return UNKNOWN;
  if (ms < 0.995) return `${ms.toFixed(2)} ms`;
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${count(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/** A size of memory: `12 MB`. */
export function bytes(value: number | null): string {
  if (value === null) return UNKNOWN;
  let size = value;
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${size < 9.95 && unit > 0 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
}

/** A share of one processor: `98 %`. */
export function percent(value: number | null): string {
  return value === null ? UNKNOWN : `${Math.round(value * 100)} %`;
}

/** `1 thread`, `2 threads`, `2 processes`. */
export function counted(value: number, what: string, ending: string = "s"): string {
  return `${count(value)} ${what}${value === 1 ? "" : ending}`;
}
