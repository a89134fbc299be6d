/**
 * The options of a process, what is wrong with them, and what pools have in common with that.
 *
 * @module
 */

import { type Callable, checkCallable } from "../callable/mod.ts";
import { NotSupportedError } from "../errors.ts";
import {
  checkArray,
  checkBoolean,
  checkRecord,
  checkString,
  checkTable,
  type OptionTable,
} from "../support/option_checks.ts";
import { show } from "../support/options.ts";
import { runtime } from "../runtime/current.ts";
import type { StdioMode } from "../runtime/children.ts";
import type { Permissions } from "../runtime/permissions.ts";
import type { RuntimeName, StartMethod } from "../runtime/types.ts";
import { checkRuntime, executableOf } from "./executables.ts";
import type { LaunchOptions } from "./launch.ts";
import { checkPermissions, refusePermissions, takeGrants } from "./permissions.ts";

/** What a {@linkcode Process} is to do, and how. */
export interface ProcessOptions<Args extends unknown[] = unknown[]> {
  /** The function that the child runs. */
  target?: Callable<Args>;
  /** Its arguments, which are copied. */
  args?: [...Args];
  /** Named arguments, which arrive as one last argument. */
  kwargs?: Record<string, unknown>;
  /** A name for people; it need not be unique. @default `Process-1`, `Process-2` … */
  name?: string;
  /** Whether the child ends with this process. @default whether this process is a daemon */
  daemon?: boolean;
  /** The runtime that the child runs on (processes only). @default that of this process */
  runtime?: RuntimeName;
  /** Environment variables of the child, on top of those of this process (processes only). */
  env?: Record<string, string>;
  /** The child's working directory (processes only). */
  cwd?: string | URL;
  /**
   * Flags of the runtime for the child (processes only). On Deno they are added to those of this process; permissions among
   * them take the place of its permissions. On Node and Bun all take the place of all, as with `child_process.fork()`.
   * @default those of this process
   */
  execArgv?: string[];
  /**
   * What the child may do; whatever is not named, not: never more than this program. A process needs `ffi` and `net`, and on Node
   * `env` and `sys` cannot be refused; a thread can be held to something on Deno only, with `--unstable-worker-options`. What
   * cannot be kept is refused: see `docs/permissions.md`. @default what this process may
   */
  permissions?: Permissions;
  /** What becomes of the child's standard output; what nobody reads of a pipe is kept in memory. @default `"inherit"` */
  stdout?: StdioMode;
  /** What becomes of the child's standard error stream, in the same way. @default `"inherit"` */
  stderr?: StdioMode;
}

/**
 * What a {@linkcode Process} is to do whose target is known: it is given the arguments that it needs.
 *
 * @typeParam Args The types of the target's arguments.
 */
export type ProcessOptionsFor<Args extends unknown[]> =
  & ProcessOptions<Args>
  & ([] extends Args ? unknown : { args: [...Args] });

/**
 * The same with named arguments, which are the target's last one.
 *
 * @typeParam Args The types of all arguments of the target.
 */
export type NamedProcessOptions<Args extends unknown[]> =
  & Omit<ProcessOptions<Args>, "args" | "kwargs">
  & (Required<Args> extends [...infer First, infer Named] ?
      & { kwargs: Named }
      & ([] extends First ? { args?: First } : { args: First })
    : { args?: unknown[]; kwargs: Record<string, unknown> });

/** What a process can have of its own, and a thread cannot. */
export type OwnOptions = Pick<
  ProcessOptions,
  "runtime" | "cwd" | "env" | "execArgv" | "permissions"
>;

const STDIO_MODES: readonly unknown[] = ["inherit", "pipe", "null"];

/** The options that pools have in common with processes. */
export const COMMON_OPTIONS: OptionTable<
  Pick<ProcessOptions, "name" | "daemon" | "runtime" | "env" | "execArgv" | "permissions">
> = {
  name: checkString,
  daemon: checkBoolean,
  runtime: (_name, value) => checkRuntime(value),
  env: checkEnvironment,
  execArgv: checkFlags,
  permissions: checkPermissions,
};

const OPTIONS: OptionTable<ProcessOptions> = {
  target: checkCallable,
  args: checkArray,
  kwargs: checkRecord,
  ...COMMON_OPTIONS,
  cwd: checkFolder,
  stdout: checkStdio,
  stderr: checkStdio,
};

/** What one may expect to limit a child, and would not notice the lack of. */
const NOT_OFFERED: readonly [option: string, instead: string][] = [
  [
    "resourceLimits",
    "flags of the runtime (execArgv) may limit the heap of a process, and maxMemoryPerChild the " +
    "workers of a Pool",
  ],
];

/**
 * Checks the options of a process.
 *
 * @param options The options, as the user gave them.
 * @param method The start method of the child.
 * @throws {TypeError} when there is no such option, or it is of the wrong type.
 * @throws {NotSupportedError} when it is not offered, or the start method cannot do it.
 */
// deno-lint-ignore no-explicit-any
export function checkProcessOptions(options: ProcessOptions<any>, method: StartMethod): void {
  checkTable("A process", refuseLimits(options), OPTIONS, "{ target: work }");
  checkCapabilities(options, method);
}

/**
 * Refuses what is not offered and would limit a child: it must not run without.
 *
 * @param options The options, as the user gave them.
 * @returns The options.
 * @throws {NotSupportedError} when one of them is there.
 */
export function refuseLimits<O>(options: O): O {
  if (!isRecord(options)) return options;
  for (const [option, instead] of NOT_OFFERED) {
    if (option in options) throw new NotSupportedError(`"${option}" is not offered: ${instead}`);
  }
  return options;
}

function checkEnvironment(name: string, env: unknown): void {
  const what = `"${name}" must be an object of strings`;
  if (!isRecord(env) || Array.isArray(env)) throw new TypeError(`${what}, got ${show(env)}`);
  for (const [key, value] of Object.entries(env)) {
    if (typeof value === "string") continue;
    throw new TypeError(`${what}, got ${show(value)} for "${key}"`);
  }
}

function checkFolder(name: string, path: unknown): void {
  if (typeof path === "string" || (path instanceof URL && path.protocol === "file:")) return;
  throw new TypeError(`"${name}" must be a path or a file: URL, got ${show(path)}`);
}

function checkFlags(name: string, flags: unknown): void {
  const what = `"${name}" must be an array of strings`;
  if (!Array.isArray(flags)) throw new TypeError(`${what}, got ${show(flags)}`);
  for (const flag of flags) {
    if (typeof flag === "string") continue;
    throw new TypeError(`${what}, got one with ${show(flag)}`);
  }
}

function checkStdio(_name: string, mode: unknown): void {
  if (STDIO_MODES.includes(mode)) return;
  throw new TypeError(
    `"stdout" and "stderr" must be "inherit", "pipe" or "null", got ${show(mode)}`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/**
 * Refuses what a thread cannot have of its own.
 *
 * @param options The options, which were checked.
 * @param method The start method of the child.
 * @throws {NotSupportedError} when a child of this start method cannot have it.
 */
export function checkCapabilities(options: OwnOptions, method: StartMethod): void {
  const capabilities = runtime.capabilities(method);
  const wanted = {
    cwd: options.cwd !== undefined,
    env: options.env !== undefined,
    execArgv: options.execArgv !== undefined,
    otherRuntime: options.runtime !== undefined && options.runtime !== runtime.name,
  };
  for (const key of ["cwd", "env", "execArgv", "otherRuntime"] as const) {
    if (!wanted[key] || capabilities[key]) continue;
    const option = key === "otherRuntime" ? "runtime" : key;
    throw new NotSupportedError(
      `A thread shares "${option}" with its process: use getContext("process") for a child with its own`,
    );
  }
  if (method === "process") checkMayStart(options.runtime ?? runtime.name);
  refusePermissions(options, method);
}

function checkMayStart(name: RuntimeName): void {
  const refusal = runtime.permissions.refuseStart(executableOf(name));
  if (refusal !== null) throw new NotSupportedError(refusal);
}

/**
 * Copies options: what becomes of the user's lists and records later is not to be seen.
 *
 * @param options The options, which were checked.
 * @returns The copy; the values in `args` and `kwargs` are the same.
 */
export function copyOptions<
  O extends Pick<ProcessOptions<unknown[]>, "args" | "kwargs" | "env" | "execArgv" | "permissions">,
>(options: O): O {
  const { args, kwargs, env, execArgv, permissions } = options;
  return {
    ...options,
    ...(args && { args: [...args] }),
    ...(kwargs && { kwargs: { ...kwargs } }),
    ...(env && { env: { ...env } }),
    ...(execArgv && { execArgv: [...execArgv] }),
    ...(permissions && { permissions: copyPermissions(permissions) }),
  };
}

function copyPermissions(permissions: Permissions): Permissions {
  const copied = Object.entries(permissions).map(([name, allowed]) => [
    name,
    Array.isArray(allowed) ? [...allowed] : allowed,
  ]);
  return Object.fromEntries(copied);
}

/** What the system is asked for. */
// deno-lint-ignore no-explicit-any
export function launchOptions(options: ProcessOptions<any>): LaunchOptions {
  const { cwd, env } = options;
  return {
    runtime: options.runtime ?? runtime.name,
    env: env === undefined ? null : { ...runtime.program.environment(), ...env },
    cwd: cwd instanceof URL ? decodeURIComponent(cwd.pathname) : cwd ?? null,
    execArgv: options.execArgv ?? null,
    permissions: takeGrants(options.permissions),
    stdout: options.stdout ?? "inherit",
    stderr: options.stderr ?? "inherit",
  };
}
