/**
 * The entries of the npm build.
 *
 * @module
 */

/** A file of the package that is loaded by its name. */
export interface Entry {
  /** Its path below `dist`, without its ending. */
  readonly name: string;
  /** What it is built from. */
  readonly source: string;
  /** Whether it does something when it is loaded. */
  readonly isProgram: boolean;
  /** Whether it has declarations. */
  readonly hasTypes: boolean;
}

/** All of them. */
export const ENTRIES: readonly Entry[] = [
  { name: "mod", source: "mod.ts", isProgram: false, hasTypes: true },
  { name: "entry/main", source: "src/entry/bundled_main.ts", isProgram: true, hasTypes: true },
  { name: "doctor/mod", source: "src/doctor/mod.ts", isProgram: false, hasTypes: true },
  { name: "dashboard/mod", source: "src/dashboard/mod.ts", isProgram: false, hasTypes: true },
  { name: "cli/main", source: "src/cli/main.ts", isProgram: true, hasTypes: false },
];

/** The sources of entries by their names, as the tools of the build want them. */
export function sourcesOf(entries: readonly Entry[]): Record<string, string> {
  return Object.fromEntries(entries.map(({ name, source }) => [name, source]));
}
