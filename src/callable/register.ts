/**
 * `register()`: functions and classes under names that no bundler or minifier changes.
 *
 * @module
 */
import { registerClass } from "../codec/registry.ts";
import { runtime } from "../runtime/current.ts";
import { programWide } from "../support/program_wide.ts";
import { fileUrl } from "../support/stack_frames.ts";
import { callSiteModules } from "./call_site.ts";
import { absoluteUrl } from "./absolute_url.ts";
import { valueInWords } from "./value_in_words.ts";
import type { PackedRef } from "./packed_function.ts";
import { isClass, textOf } from "./function_text.ts";
import { packedRef } from "./ref.ts";
import type { AnyClass, AnyFunction } from "./callable.ts";

/** What any copy of this library has registered, by the URL of its module, `#` and its name. */
const members = programWide("members", () => new Map<string, AnyFunction | AnyClass>());
/**
 * What stands for the module where a bundler has left no `import.meta.url`, as some do in CommonJS modules, and the stack names no
 * file either, as in a program that is compiled to one executable.
 */
const NO_FILE = "allcores:program";

const packedRefs = programWide("refs", () => new WeakMap<object, PackedRef>());

/**
 * Registers functions and classes of a module under their names.
 *
 * Call it once, at the top level of the module that defines them. The functions can then be given
 * wherever a function is taken, and the classes wherever a class is, even if the module does not
 * export them; instances of the classes arrive in other processes as instances. The other process
 * imports the module, which registers them there too.
 *
 * Errors that a task throws arrive as what they are without it, if the module that has the task's
 * function exports their class; but not in a program that is compiled to one executable.
 *
 * Python needs no such thing: its functions and classes know their module.
 *
 * @param url The module's own URL: `import.meta.url`. Where a bundler has made `undefined` of it, the file that calls counts.
 * @param entries The functions and classes by name.
 * @throws {TypeError} If the URL is not absolute, or an entry is neither a function nor a class.
 *
 * @example Register a function and a class
 * ```ts
 * import { Pool, register } from "@allcores/multiprocessing";
 *
 * class Point {
 *   x = 0;
 *   y = 0;
 * }
 * const origin = new Point();
 * function distance(point: Point): number {
 *   return Math.hypot(point.x - origin.x, point.y - origin.y);
 * }
 * register(import.meta.url, { distance, Point });
 *
 * if (import.meta.main) {
 *   await using pool = new Pool(2);
 *   console.log(await pool.map(distance, [Object.assign(new Point(), { x: 3, y: 4 })]));
 * }
 * ```
 */
export function register(
  url: string | URL,
  entries: Readonly<Record<string, AnyFunction | AnyClass>>,
): void {
  const href = absoluteUrl(ownAddress(url) ?? callSiteModules()[0] ?? NO_FILE, "register()");
  if (typeof entries !== "object" || entries === null) {
    throw new TypeError(
      `register() needs functions and classes by name: got ${valueInWords(entries)}`,
    );
  }
  const named = Object.entries(entries);
  for (const [name, value] of named) {
    if (typeof value !== "function") {
      throw new TypeError(
        `register() takes functions and classes: "${name}" is ${valueInWords(value)}`,
      );
    }
  }
  for (const [name, value] of named) registerMember(href, freeName(href, name, value), value);
}

/**
 * Where a module is evaluated again, members of its first evaluation may still be in use, and stay registered: they are told
 * by their texts. What was there under the name and is something else is registered no more, since its name leads elsewhere.
 */
function registerMember(url: string, name: string, value: AnyFunction | AnyClass): void {
  const key = memberKey(url, name);
  const former = members.get(key);
  if (former !== undefined && textOf(former) !== textOf(value)) packedRefs.delete(former);
  members.set(key, value);
  packedRefs.set(value, packedRef(url, name));
  if (isConstructor(value)) registerClass(key, value);
}

/** The keys that were taken since other code had its turn. */
const taken = new Set<string>();

/**
 * A bundler puts several modules into one, where two may register something under one name: these run in one turn, in the
 * same order in each process, so the second is numbered. A module that is evaluated again is so in a turn of its own.
 */
function freeName(url: string, name: string, value: AnyFunction | AnyClass): string {
  let free = name;
  for (let count = 2; isTaken(memberKey(url, free), value); count++) free = `${name} (${count})`;
  if (taken.size === 0) queueMicrotask(() => taken.clear());
  taken.add(memberKey(url, free));
  return free;
}

function isTaken(key: string, value: AnyFunction | AnyClass): boolean {
  return taken.has(key) && members.get(key) !== value;
}

/** A thread of a compiled program runs the text of that, whose address is the text itself: it says the program's. */
function ownAddress(url: string | URL): string | URL {
  const { isCompiled, executable } = runtime.program;
  return isCompiled && /^data:/.test(String(url)) ? fileUrl(executable) : url;
}

/**
 * Gives what is sent for a registered function or class.
 *
 * @param value Anything that can be a key of a `WeakMap`.
 * @returns Its name, or `undefined` if it is not registered.
 */
export function registeredRef(value: object): PackedRef | undefined {
  return packedRefs.get(value);
}

/**
 * Gives what a module registered under a name in this process.
 *
 * @param url The module's URL.
 * @param name The name.
 * @returns The function or class, or `undefined`.
 */
export function registeredMember(url: string, name: string): AnyFunction | AnyClass | undefined {
  return members.get(memberKey(url, name));
}

function memberKey(url: string, name: string): string {
  return `${url}#${name}`;
}

/**
 * A class, or a function with methods on its prototype, as classes were written once and as old
 * targets still have them.
 */
function isConstructor(value: AnyFunction | AnyClass): boolean {
  if (isClass(value)) return true;
  const prototype = Object.getOwnPropertyDescriptor(value, "prototype")?.value as
    | object
    | undefined;
  return prototype !== undefined && prototype !== null && Object.hasOwn(prototype, "constructor") &&
    Reflect.ownKeys(prototype).length > 1;
}
