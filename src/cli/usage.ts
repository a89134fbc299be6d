/**
 * What there is, for people.
 *
 * @module
 */

import type { Command, CommandOption } from "./command.ts";

/** All commands. */
export function usageOfAll(commands: Readonly<Record<string, Command>>): string {
  const rows = Object.entries(commands).map(([name, { about }]) => [name, about]);
  const options = [
    ["--help", "tells this, or more of a command: allcores COMMAND --help"],
    ["--version", "prints the version of this library"],
  ];
  return `Usage: allcores COMMAND\n\nCommands:\n${columns(rows)}\nOptions:\n${columns(options)}`;
}

/** One command. */
export function usageOf(name: string, { about, options }: Command): string {
  const entries = Object.entries(options);
  const words = entries.map(([option, what]) => `[${flagOf(option, what)}]${what.many ? "…" : ""}`);
  const rows = entries.map(([option, what]) => [
    flagOf(option, what),
    what.choices === undefined ? what.about : `${what.about} (${what.choices.join(", ")})`,
  ]);
  const usage = `Usage: ${["allcores", name, ...words].join(" ")}`;
  return `${usage}\n\nIt ${about}.\n\nOptions:\n${columns([...rows, ["--help", "tells this"]])}`;
}

function flagOf(name: string, { value }: CommandOption): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

function columns(rows: string[][]): string {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}\n`).join("");
}
