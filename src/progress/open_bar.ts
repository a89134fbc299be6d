/**
 * Where a bar is shown: in the terminal of the main program, as lines, or nowhere. This module is loaded when the first one is wanted.
 *
 * A child shows none in the terminal, which it has in common with its creator: two that draw at the bottom of one
 * terminal would write over each other.
 *
 * @module
 */

import { self } from "../identity/self.ts";
import { runtime } from "../runtime/current.ts";
import { followErrors } from "../runtime/error_output.ts";
import type { ProgressBar } from "./bar.ts";
import { Display, type Intercept } from "./display.ts";
import { LogLines } from "./log_lines.ts";
import { endsLine, giveWay } from "./other_output.ts";
import type { Progress, ProgressOptions } from "./state.ts";

type Process = typeof import("node:process");

/** That of the program's terminal, once there was a bar. */
let display: Display | null = null;

/**
 * Shows a bar on the standard error stream.
 *
 * @param options How it is shown.
 * @param order How many bars were wanted before it.
 * @param start Tells how far it is.
 * @returns The bar; `null` where the stream is no terminal, and nothing else was asked for.
 */
export async function openBar(
  { label = "", always = false, keep = true }: ProgressOptions,
  order: number,
  start: () => Progress,
): Promise<ProgressBar | null> {
  const process = await nodeProcess();
  const stderr = process?.stderr;
  if (!stderr) return null;
  if (stderr.isTTY && self() === null && runtime.program.environment().TERM !== "dumb") {
    display ??= new Display(stderr, interceptOf(process!));
    return display.open({ label, keep, order }, start());
  }
  return always ? new LogLines(label, keep, (text) => void stderr.write(text)) : null;
}

/** A page has none. */
async function nodeProcess(): Promise<Process | null> {
  try {
    return (await import("node:process")).default as Process;
  } catch {
    return null;
  }
}

/** Gets in the way of everything that this process itself writes to the terminal. */
function interceptOf(process: Process): Intercept {
  return (host, onExit) => {
    const { stdout, stderr } = process;
    const streams = stdout.isTTY ? [stderr, stdout] : [stderr];
    const putBack = giveWay(console, streams, host);
    const unfollow = followErrors((bytes, write) => {
      host.before();
      write();
      host.after(endsLine(bytes));
    });
    process.on("exit", onExit);
    return () => {
      putBack();
      unfollow();
      process.off("exit", onExit);
    };
  };
}
