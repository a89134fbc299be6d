/**
 * Which methods of an object its clients may call.
 *
 * @module
 */

import { show } from "../../support/options.ts";

/** What every object has, and what would make a proxy look like a promise. */
const NEVER = new Set([...Object.getOwnPropertyNames(Object.prototype), "then"]);

/**
 * Whether a method of this name may be called from afar at all.
 *
 * @param name The name.
 */
export function isCallable(name: unknown): name is string {
  return typeof name === "string" && name !== "" && !NEVER.has(name) && !/^[#_]/.test(name);
}

/** What every proxy has of its own: a method of that name would take its place. */
export const PROXY_METHODS: readonly string[] = ["call", "dispose", "getValue", "repr"];

/**
 * Refuses methods that would take the place of what every proxy has.
 *
 * @param type The type's name, for the error.
 * @param methods The names that its proxies are made of.
 * @param isThenable Whether its objects look like promises: nobody could await one of their proxies.
 * @throws {TypeError} when there are any; names them.
 */
export function checkProxyMethods(
  type: string,
  methods: readonly string[],
  isThenable: boolean,
): void {
  const taken = methods.filter((name) => PROXY_METHODS.includes(name));
  if (isThenable) taken.push("then");
  if (taken.length === 0) return;
  const names = taken.map((name) => `${name}()`).join(", ");
  throw new TypeError(
    `The proxies of "${type}" cannot have ${names}, which every proxy has of its own or which would make it look like a ` +
      'promise: rename what is in the way, or name all other methods in "exposed"',
  );
}

/**
 * Checks the names that a user exposes.
 *
 * @param names The names.
 * @returns A copy.
 * @throws {TypeError} when they are no list, or one of them cannot be exposed.
 */
export function checkExposed(names: unknown): readonly string[] {
  if (!Array.isArray(names)) {
    throw new TypeError(`"exposed" must be an array of names, got ${show(names)}`);
  }
  for (const name of names) {
    if (isCallable(name)) continue;
    throw new TypeError(
      `Cannot expose ${show(name)}: a name that is private, or that every object has`,
    );
  }
  return [...names];
}

const known = new WeakMap<object, readonly string[]>();

/**
 * The public methods of an object: those of its classes, and its own functions.
 *
 * @param object The object.
 * @returns Their names, sorted.
 */
export function publicMethods(object: object): readonly string[] {
  const own = namesOf(object);
  const inherited = methodsOfPrototype(Object.getPrototypeOf(object));
  return own.length === 0 ? inherited : [...new Set([...own, ...inherited])].sort();
}

function methodsOfPrototype(prototype: object | null): readonly string[] {
  if (prototype === null || prototype === Object.prototype) return [];
  let names = known.get(prototype);
  if (names === undefined) {
    const above = methodsOfPrototype(Object.getPrototypeOf(prototype));
    names = [...new Set([...namesOf(prototype), ...above])].sort();
    known.set(prototype, names);
  }
  return names;
}

/** No getter is called. */
function namesOf(object: object): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(object))
    .filter(([name, { value }]) => typeof value === "function" && isCallable(name))
    .map(([name]) => name);
}
