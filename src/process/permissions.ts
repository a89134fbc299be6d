/**
 * The option `permissions`: what is wrong with it, and whether a child can be held to it.
 *
 * @module
 */

import { NotSupportedError } from "../errors.ts";
import { runtime } from "../runtime/current.ts";
import { hasDenoPermissions } from "../runtime/deno_flags.ts";
import { hasNodePermissions } from "../runtime/node_flags.ts";
import {
  type Grants,
  PERMISSION_NAMES,
  type PermissionName,
  type Permissions,
  type ProcessLimits,
} from "../runtime/permissions.ts";
import type { RuntimeName, StartMethod } from "../runtime/types.ts";
import { show } from "../support/options.ts";

/** The options of a child that say what it may do, or where it runs. */
interface Limited {
  readonly permissions?: Permissions;
  readonly runtime?: RuntimeName;
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The kinds whose parts are paths. */
const PATHS: ReadonlySet<PermissionName> = new Set(["read", "write", "ffi"]);
/** What a path would mean more by than itself, on one of the runtimes. */
const SPECIAL = /[,*\0]/;

/**
 * Checks the form of the option.
 *
 * @param name Its name.
 * @param given What the user gave.
 * @throws {TypeError} when it is no record of permissions.
 */
export function checkPermissions(name: string, given: unknown): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new TypeError(`"${name}" must be an object like { read: ["/data"] }, got ${show(given)}`);
  }
  for (const [kind, allowed] of Object.entries(given)) {
    if (!PERMISSION_NAMES.includes(kind as PermissionName)) {
      const all = PERMISSION_NAMES.join(", ");
      throw new TypeError(`"${name}" has no "${kind}"; there are ${all}`);
    }
    checkAllowed(`${name}.${kind}`, PATHS.has(kind as PermissionName), allowed);
  }
}

function checkAllowed(name: string, isPath: boolean, allowed: unknown): void {
  if (allowed === undefined || typeof allowed === "boolean") return;
  if (!Array.isArray(allowed)) {
    throw new TypeError(`"${name}" must be true, false or a list, got ${show(allowed)}`);
  }
  for (const item of allowed) {
    const text = toItem(item);
    const isGood = typeof text === "string" && text !== "" && !SPECIAL.test(text) &&
      (!isPath || text.startsWith("/"));
    if (isGood) continue;
    const what = isPath ? "an absolute path or a file: URL" : "a text";
    throw new TypeError(
      `"${name}" must be a list of what is ${what}, without , or *: got ${show(item)}`,
    );
  }
}

function toItem(item: unknown): unknown {
  if (!(item instanceof URL)) return item;
  return item.protocol === "file:" ? decodeURIComponent(item.pathname) : item.href;
}

/**
 * Takes the permissions of a child.
 *
 * @param given What the user gave, which was checked.
 * @returns What is allowed; `null` for what this program may.
 */
export function takeGrants(given: Permissions | undefined): Grants | null {
  if (given === undefined) return null;
  const grants = new Map<PermissionName, true | readonly string[]>();
  for (const name of PERMISSION_NAMES) {
    const allowed = given[name];
    if (allowed === true) grants.set(name, true);
    else if (allowed && allowed.length > 0) grants.set(name, allowed.map(toItem) as string[]);
  }
  return grants;
}

/**
 * Refuses permissions that a child cannot be held to, and those that this program has not got itself.
 *
 * @param options The options of the child, which were checked.
 * @param method Its start method.
 * @throws {NotSupportedError} when it is so; says why.
 * @throws {TypeError} when flags among the options say what the child may do, too.
 */
export function refusePermissions(
  options: Limited,
  method: StartMethod,
): void {
  const grants = takeGrants(options.permissions);
  if (grants === null) return;
  const target = options.runtime ?? runtime.name;
  if (method === "thread") refuse(runtime.permissions.refuseThread());
  else refuseProcess(grants, target, options);
  for (const [name, items] of grants) {
    const lacking = items === true ? missing(name) : items.find((item) => missing(name, item));
    if (lacking === undefined || lacking === false) continue;
    const what = lacking === true ? `"${name}"` : `"${name}" of ${show(lacking)}`;
    refuse(`this program has no permission for all of ${what} itself`);
  }
}

function missing(name: PermissionName, item?: string): boolean {
  return !runtime.permissions.has(name, item);
}

function refuseProcess(
  grants: Grants,
  target: RuntimeName,
  { execArgv = [], env }: Limited,
): void {
  if (runtime.program.isCompiled && target === runtime.name) {
    refuse("a program that is compiled to one executable starts itself, without flags");
  }
  const limits = runtime.permissions.limitsOf(target);
  if (typeof limits === "string") return refuse(limits);
  refuseKinds(grants, target, limits);
  const isDeno = target === "deno";
  if (isDeno ? hasDenoPermissions(execArgv) : hasNodePermissions(execArgv)) {
    throw new TypeError('"permissions" and flags in "execArgv" both say what the child may do');
  }
  const { NODE_OPTIONS = "" } = { ...runtime.program.environment(), ...env };
  if (!isDeno && hasNodePermissions(NODE_OPTIONS.split(/\s+/))) {
    refuse("NODE_OPTIONS says what the child may do, too");
  }
}

function refuseKinds(grants: Grants, target: RuntimeName, limits: ProcessLimits): void {
  const parts = limits.whole.find((name) => (grants.get(name) ?? true) !== true);
  if (parts !== undefined) {
    refuse(`a process on ${target} is allowed all of "${parts}", or nothing`);
  }
  const needed = limits.needs.filter((name) => !grants.has(name));
  if (needed.length > 0) {
    refuse(
      `a process on ${target} shares memory by native code, and is woken by sockets: ` +
        `it cannot do without ${quote(needed)}`,
    );
  }
  const open = limits.always.filter((name) => !grants.has(name));
  if (open.length > 0) {
    refuse(`${target} cannot keep a process from ${quote(open)}: allow it, if that may be`);
  }
}

function quote(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

function refuse(reason: string | null): void {
  if (reason !== null) {
    throw new NotSupportedError(`A child cannot have these "permissions": ${reason}`);
  }
}
