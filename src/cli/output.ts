/**
 * The standard streams of the command.
 *
 * @module
 */

import { runtime } from "../runtime/current.ts";
import type { Output } from "./command.ts";

/** The program that the command is. */
export interface CommandProgram {
  readonly output: Output;
  /** The arguments behind its name. */
  readonly args: readonly string[];
  /** Ends the program when all is written that was to be. */
  end(code: number): Promise<void>;
}

/** Gives the standard streams, and what else a command needs of its program. */
export async function standardOutput(): Promise<CommandProgram> {
  const { default: process } = await import("node:process");
  const { stdout, stderr } = process;
  // Who reads may have seen enough.
  for (const stream of [stdout, stderr]) stream.on("error", () => {});
  const { NO_COLOR = "", TERM } = runtime.program.environment();
  return {
    output: {
      write: (text) => void stdout.write(text),
      complain: (text) => void stderr.write(text),
      hasColors: stdout.isTTY === true && NO_COLOR === "" && TERM !== "dumb",
    },
    args: process.argv.slice(2),
    async end(code) {
      for (const stream of [stdout, stderr]) {
        await new Promise<void>((resolve) => stream.write("", () => resolve()));
      }
      runtime.lifecycle.exit(code);
    },
  };
}
