/**
 * `ref()`: a function or class by the name that it has in its module.
 *
 * @module
 */
import { absoluteUrl } from "./absolute_url.ts";
import type { PackedRef } from "./packed_function.ts";
import { BoundedMap } from "./bounded_map.ts";
import type { AnyClass, AnyFunction, Ref } from "./callable.ts";

/**
 * Marks what `ref()` made. In the global registry, so that two copies of this library understand
 * each other.
 */
const REF: unique symbol = Symbol.for("allcores.multiprocessing.ref");

/** One object for a pair of URL and name, so that a sender knows it again. */
const packedRefs = new BoundedMap<string, PackedRef>(10_000);

/**
 * Names a function or class by its module and the name that it has there: an export, or a member
 * that the module passed to `register()`.
 *
 * The module is not imported here; whether it has such a member is seen when the other process
 * imports it. This is the way that works under every bundler and minifier as long as the URL leads
 * to a module at run time. Python's `pickle` names functions like this always.
 *
 * @typeParam F The type of the function: `typeof resize`.
 * @param url The module's absolute URL: `new URL("./work.ts", import.meta.url)`.
 * @param name The name of the export (`"default"` for the default export), or of the registered
 * member.
 * @returns What every place that takes a function accepts.
 * @throws {TypeError} If the URL is not absolute or the name is no text.
 *
 * @example Run a function of another module
 * ```ts ignore
 * import { Pool, ref } from "@allcores/multiprocessing";
 * import type { resize } from "./work.ts";
 *
 * await using pool = new Pool();
 * const resizeRef = ref<typeof resize>(new URL("./work.ts", import.meta.url), "resize");
 * console.log(await pool.map(resizeRef, [1, 2, 3]));
 * ```
 */
export function ref<F extends AnyFunction | AnyClass = AnyFunction>(
  url: URL | string,
  name: string,
): Ref<F> {
  const href = absoluteUrl(url, "ref()");
  if (typeof name !== "string" || name === "") {
    throw new TypeError(`ref() needs the name of a member of ${href}: got ${String(name)}`);
  }
  return Object.freeze({ kind: "ref" as const, url: href, name, [REF]: true });
}

/**
 * Tells whether a value was made by `ref()`.
 *
 * @param value Anything.
 * @returns Whether it is a reference.
 */
export function isRef(value: unknown): value is Ref<unknown> {
  return typeof value === "object" && value !== null && REF in value;
}

/**
 * Gives what is sent for a member of a module, always the same object for the same member.
 *
 * @param url The module's absolute URL.
 * @param name The member's name.
 * @returns Its name.
 */
export function packedRef(url: string, name: string): PackedRef {
  const key = `${url}#${name}`;
  const known = packedRefs.get(key);
  if (known !== undefined) return known;
  const fresh: PackedRef = { kind: "ref", url, name };
  packedRefs.set(key, fresh);
  return fresh;
}
