/**
 * A bar in the terminal that shows how far a map is, by `cli-progress`. This module is loaded when the first one is shown.
 *
 * @module
 */

import type { SingleBar } from "cli-progress";
import type { Progress, ProgressOptions } from "./progress_state.ts";

/** A bar that is shown. */
export interface ProgressBar {
  /** Shows how far it is now. */
  show(progress: Progress): void;
  /** Shows how far it came, and gives the line back. */
  end(progress: Progress): void;
}

/** How often a second the bar is drawn at most. */
const FRAMES = 10;
const SECOND = 1000;
const MINUTE = 60;

/**
 * Shows a bar on the standard error stream.
 *
 * @param options How it is shown.
 * @param start How far it is.
 * @returns The bar; `null` where the stream is no terminal, and nothing else was asked for.
 */
export async function openProgressBar(
  { label, always = false }: ProgressOptions,
  start: Progress,
): Promise<ProgressBar | null> {
  const { default: process } = await import("node:process");
  if (!process.stderr.isTTY && !always) return null;
  const { default: { SingleBar, Presets } } = await import("cli-progress");
  const title = label === undefined ? "" : `${label} `;
  const bar: SingleBar = new SingleBar({
    stream: process.stderr,
    fps: FRAMES,
    noTTYOutput: always,
    hideCursor: true,
    // A program that is interrupted ends by its own rules.
    gracefulExit: false,
    format: `${title}{bar} {percentage}% | {value}/{total} | {speed}/s | {left} left{failures}`,
  }, Presets.shades_classic);
  bar.start(start.total ?? 0, start.done, fieldsOf(start));
  const show = (progress: Progress): void => {
    if (progress.total !== null) bar.setTotal(progress.total);
    bar.update(progress.done, fieldsOf(progress));
  };
  return {
    show,
    end: (progress) => {
      show(progress);
      bar.stop();
    },
  };
}

function fieldsOf({ rate, remainingMs, failed }: Progress): Record<string, string> {
  return {
    speed: rate >= 10 ? rate.toFixed(0) : rate.toFixed(1),
    left: remainingMs === null ? "?" : durationOf(remainingMs),
    failures: failed === 0 ? "" : ` | ${failed} failed`,
  };
}

/** For example `7s` or `2:05:09`. */
function durationOf(ms: number): string {
  const seconds = Math.ceil(ms / SECOND);
  if (seconds < MINUTE) return `${seconds}s`;
  const parts = [Math.floor(seconds / MINUTE / MINUTE), Math.floor(seconds / MINUTE) % MINUTE];
  if (parts[0] === 0) parts.shift();
  parts.push(seconds % MINUTE);
  return parts.map((part, i) => i === 0 ? String(part) : String(part).padStart(2, "0")).join(":");
}
