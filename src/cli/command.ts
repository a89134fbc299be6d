/**
 * What a command of `allcores` is.
 *
 * @module
 */

/** An option of a command: `--name`, or `--name VALUE`. */
export interface CommandOption {
  /** What it is for, in a few words. */
  readonly about: string;
  /** What its value is called; without, it has none. */
  readonly value?: string;
  /** The values that there are; any, where this is left out. */
  readonly choices?: readonly string[];
  /** Whether it may be repeated. */
  readonly many?: boolean;
}

/** The options that a user gave: the values of each, in their order; empty texts where it has none. */
export type GivenOptions = ReadonlyMap<string, readonly string[]>;

/** Where a command writes to. */
export interface Output {
  /** Writes to the standard output stream. */
  write(text: string): void;
  /** Writes to the standard error stream. */
  complain(text: string): void;
  /** Whether the standard output stream is a terminal on which colours may be used. */
  readonly hasColors: boolean;
}

/** A command. */
export interface Command {
  /** What it does, in a few words. */
  readonly about: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** Loads what it does: that gives the exit code. */
  load(): Promise<(options: GivenOptions, output: Output) => Promise<number>>;
}

/** The command line was not understood; the message says why, and what there is. */
export class UsageError extends Error {
  /** The class's name. */
  override name: string = "UsageError";
}
