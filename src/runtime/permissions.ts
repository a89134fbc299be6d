/**
 * What a child may do: the option, and how each runtime holds a process to it.
 *
 * @module
 */

import type { RuntimeName } from "./types.ts";

/**
 * What a child may do. What is not named it may not: `{}` allows nothing. `true` allows all of a kind, a list only what it names.
 *
 * A child that may `run` or has `ffi` can get around all of this.
 */
export interface Permissions {
  /** Read files: all, or those at and below these absolute paths or `file:` URLs. */
  readonly read?: boolean | readonly (string | URL)[];
  /** Write files, in the same way. */
  readonly write?: boolean | readonly (string | URL)[];
  /** Use the network: all, or these hosts, as `"example.com:443"`. Child processes need all: they wake each other by sockets. */
  readonly net?: boolean | readonly string[];
  /** Read and set environment variables: all, or those of these names. */
  readonly env?: boolean | readonly string[];
  /** Start other programs: all, or these. */
  readonly run?: boolean | readonly string[];
  /** Load native code. Child processes need it: they share memory by it. */
  readonly ffi?: boolean | readonly (string | URL)[];
  /** Ask what the system is: all, or these names, as `"hostname"`. */
  readonly sys?: boolean | readonly string[];
  /** Import modules of other machines: all, or from these hosts. */
  readonly import?: boolean | readonly string[];
}

/** A kind of permission. */
export type PermissionName = keyof Permissions;

/** What a program may lack: a kind of permission, threads, or Deno's right to everything, which alone opens `/dev` and `/proc`. */
export type LackingName = PermissionName | "thread" | "all";

/** A permission that this program lacks. */
export interface LackingPermission {
  readonly name: LackingName;
  /** The flag that gives it. */
  readonly flag: string;
}

/** The permissions of a child, checked: what is allowed of each kind that is. */
export type Grants = ReadonlyMap<PermissionName, true | readonly string[]>;

/** All kinds. */
export const PERMISSION_NAMES: readonly PermissionName[] = [
  "read",
  "write",
  "net",
  "env",
  "run",
  "ffi",
  "sys",
  "import",
];

/** What a runtime can hold a process to. */
export interface ProcessLimits {
  /** Kinds that a child process cannot do without. */
  readonly needs: readonly PermissionName[];
  /** Kinds that it cannot be refused. */
  readonly always: readonly PermissionName[];
  /** Kinds of which it cannot be allowed a part. */
  readonly whole: readonly PermissionName[];
}

/** What this program may do, and what its children can be held to. */
export interface PermissionHost {
  /**
   * Whether this program has a permission, all of it.
   *
   * @param name The kind.
   * @param item What of it; without, the whole kind.
   */
  has(name: PermissionName, item?: string): boolean;
  /** Why this program may not start an executable; `null` where it may. */
  refuseStart(executable: string): string | null;
  /** Why a thread cannot have permissions of its own; `null` where it can. */
  refuseThread(): string | null;
  /** What a process of a runtime can be held to; a text says why it cannot. */
  limitsOf(target: RuntimeName): ProcessLimits | string;
}

/**
 * Gives the flags that hold a process to permissions, where {@linkcode PermissionHost.limitsOf} says that it can be done.
 *
 * @param target The runtime of the process.
 * @param flags Its other flags; permissions among them are left out.
 * @param grants What it may do.
 * @param library The URL of the folder of this library, which it has to read.
 */
export type PermissionFlags = (
  target: RuntimeName,
  flags: readonly string[],
  grants: Grants,
  library: string,
) => readonly string[];

/** A process on Deno can be held to everything, but for what it shares memory and wakes by. */
export const DENO_LIMITS: ProcessLimits = {
  needs: ["ffi", "net"],
  always: [],
  whole: ["ffi", "net"],
};

/** Why a process on Bun cannot be held to anything. */
export const BUN_HAS_NONE = "Bun cannot keep a process from anything";
