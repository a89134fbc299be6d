/**
 * Finds the command that a command line calls, and runs it.
 *
 * @module
 */

import { VERSION } from "../doctor/version.ts";
import { readArguments } from "./arguments.ts";
import { type Command, type Output, UsageError } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { usageOf, usageOfAll } from "./usage.ts";

/** The exit code of a command line that was not understood. */
const MISUSED = 2;
const HELP = ["--help", "-h"];

/**
 * Runs a command line.
 *
 * @param args The arguments behind `allcores`.
 * @param output Where to write to.
 * @param commands The commands that there are.
 * @returns The exit code: 0 where all is well, 1 where something is not, 2 where the command line was not understood.
 */
export async function run(
  args: readonly string[],
  output: Output,
  commands: Readonly<Record<string, Command>> = COMMANDS,
): Promise<number> {
  const [name = "", ...rest] = args;
  if (HELP.includes(name)) return say(output, usageOfAll(commands));
  if (name === "--version") return say(output, `${VERSION}\n`);
  if (!Object.hasOwn(commands, name)) {
    const what = name.startsWith("-") ? "option" : "command";
    const wrong = name === "" ? "" : `There is no ${what} ${name}\n\n`;
    output.complain(wrong + usageOfAll(commands));
    return MISUSED;
  }
  const command = commands[name];
  if (rest.some((word) => HELP.includes(word))) return say(output, usageOf(name, command));
  try {
    const options = await readArguments(rest, command.options);
    const work = await command.load();
    return await work(options, output);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    output.complain(`${error.message}\n\n${usageOf(name, command)}`);
    return MISUSED;
  }
}

function say(output: Output, text: string): number {
  output.write(text);
  return 0;
}
