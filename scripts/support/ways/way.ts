/** What a file of `scripts/ways` says about its tool, and what it gets to try it with. */

import type { CommandResult } from "../command.ts";

/** A tool by which a user's program is run, or made. */
export interface Tool {
  /** Its name: what `npm run check:ways -- NAME` chooses it by. */
  name: string;
  /** The heading of its rows in the table. */
  section:
    | "Packages"
    | "Test runners"
    | "Loaders"
    | "Bundlers"
    | "Executables"
    | "Types"
    | "Permissions";
  /** Packages of the npm registry that stand beside this library, with their versions. */
  packages?: Record<string, string>;
  /** Whether it is tried by `--quick`, too. */
  isQuick?: boolean;
  /** The files of the project by path; `package.json` is written by the script. */
  files: Record<string, string>;
  /** What is added to `package.json`. */
  manifest?: Record<string, unknown>;
  /** The ways to use it, each a row of the table. */
  ways: Way[];
}

/** One way to use a tool. */
export interface Way {
  /** Its name in the table. */
  name: string;
  /** Whether it is tried by `--quick`, too, if the tool is; by default it is. */
  isQuick?: boolean;
  /** What is not possible in this way: a pattern of the message that says so, which has to come. */
  refused?: RegExp;
  /** Tries it. */
  run(project: Project): Promise<Outcome>;
}

/** What came of it. */
export interface Outcome {
  /** Whether all that was tried worked. */
  works: boolean;
  /** What the table says beside that: `10 of 10`, say. */
  note?: string;
  /** All that was written, shown if it is not what was expected. */
  output: string;
}

/** A folder with an installed package, tool and files. */
export interface Project {
  /** Its path. */
  folder: string;
  /** The path of the packed package. */
  tarball: string;
  /** Writes a file of it. */
  write(name: string, text: string): void;
  /** The path of something in it. */
  path(...parts: string[]): string;
  /** The path of an executable that a package of it has. */
  bin(name: string): string;
  /** Runs a command in it to its end, or for three minutes. */
  run(command: string[], options?: { env?: Record<string, string>; cwd?: string }): Promise<
    CommandResult
  >;
}
