/**
 * What the doctor tells: plain data, which is the same in JSON.
 *
 * @module
 */

/**
 * What a check came to:
 *
 * - `"ok"`: it works;
 * - `"warning"`: it works, and something will not where more is wanted of it, or is slower than it could be;
 * - `"failed"`: it does not work;
 * - `"unknown"`: it could not be looked at, or something that it needs failed before it.
 */
export type CheckStatus = "ok" | "warning" | "failed" | "unknown";

/** A value of JSON. */
export type Datum =
  | string
  | number
  | boolean
  | null
  | readonly Datum[]
  | { readonly [name: string]: Datum };

/** What one check found. */
export interface Check {
  /** What was looked at: `open files`. The names are the same on every runtime, and so is the order of the checks. */
  readonly name: string;
  /** What it came to. */
  readonly status: CheckStatus;
  /** What was found, for people. */
  readonly found: string;
  /** What to do about it; `null` where nothing has to be done, or another check says so. */
  readonly advice: string | null;
  /** What was found, for programs: which names there are depends on the check alone. Sizes are in bytes. */
  readonly [datum: string]: Datum;
}

/** What works here: see {@linkcode doctor}. */
export interface DoctorReport {
  /** The version of this library. */
  readonly version: string;
  /** The runtime that this program runs on: `deno`, `bun` or `node`. */
  readonly runtime: string;
  /** Its version. */
  readonly runtimeVersion: string;
  /** The operating system, as Node calls it: `linux`. */
  readonly platform: string;
  /** The kind of processor, as Node calls it: `x64`. */
  readonly arch: string;
  /** Whether no check failed. */
  readonly works: boolean;
  /** What was looked at. */
  readonly checks: readonly Check[];
}

/** How the doctor looks. */
export interface DoctorOptions {
  /**
   * The other runtimes on which a child is tried: each has to be there. @default those that are found in the PATH
   */
  runtimes?: readonly ("deno" | "bun" | "node")[];
  /** The longest time (ms) that a child may take to start and answer, and each of its calls. @default 20000 */
  timeout?: number;
}
