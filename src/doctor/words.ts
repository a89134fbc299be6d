/**
 * Sizes and times as people read them.
 *
 * @module
 */

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];
const STEP = 1024;
/** From which number on no decimals are written. */
const ROUND = 10;
const MS = 1000;

/** A size: `64 MiB`. */
export function sizeText(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= STEP && unit < UNITS.length - 1) {
    value /= STEP;
    unit++;
  }
  return `${plain(value)} ${UNITS[unit]}`;
}

/** A time that is given in milliseconds: `130 ms`, `20 µs`. */
export function timeText(ms: number): string {
  return ms < 1 ? `${plain(ms * MS)} µs` : `${plain(ms)} ms`;
}

/** A time as a limit: `20 s`. */
export function secondsText(ms: number): string {
  return ms < MS ? timeText(ms) : `${plain(ms / MS)} s`;
}

function plain(value: number): string {
  return String(Number(value.toFixed(value < ROUND ? 1 : 0)));
}

/** A runtime's name as it is written: `Deno`. */
export function titleOf(runtime: string): string {
  return runtime.slice(0, 1).toUpperCase() + runtime.slice(1);
}

/** A number, or what there is instead of a limit. */
export function limitText(value: number | null): string {
  return value === null ? "no limit" : String(value);
}
