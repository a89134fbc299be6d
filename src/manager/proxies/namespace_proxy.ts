/**
 * The proxies of namespaces.
 *
 * @module
 */

import { BaseProxy, callOf } from "../wire/proxy.ts";

/**
 * A namespace of a manager: values under names. Python's `NamespaceProxy`.
 *
 * Differences from Python: `get`, `set` and `delete` in place of attributes; a missing name gives `undefined`.
 *
 * @typeParam T The names with the types of their values.
 *
 * @example
 * ```ts
 * import { Manager } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   const settings = await manager.Namespace({ verbose: false, depth: 3 });
 *   await settings.set("verbose", true);
 *   console.log(await settings.repr()); // Namespace(depth=3, verbose=true)
 * }
 * ```
 */
export class NamespaceProxy<T extends object = Record<string, unknown>> extends BaseProxy {
  /**
   * The value of a name.
   *
   * @param name The name.
   * @returns A copy; `undefined` when there is no such name.
   */
  get<K extends keyof T & string>(name: K): Promise<T[K]> {
    return callOf(this, "get", [name]) as Promise<T[K]>;
  }

  /**
   * Sets the value of a name.
   *
   * @param name The name.
   * @param value The value, which is copied; a proxy stays shared.
   */
  set<K extends keyof T & string>(name: K, value: T[K]): Promise<void> {
    return callOf(this, "set", [name, value]) as Promise<void>;
  }

  /**
   * Removes a name.
   *
   * @param name The name.
   * @returns Whether there was one.
   */
  delete(name: keyof T & string): Promise<boolean> {
    return callOf(this, "delete", [name]) as Promise<boolean>;
  }

  /** The names, sorted. */
  names(): Promise<string[]> {
    return callOf(this, "names", []) as Promise<string[]>;
  }

  /** The names with their values, as they are at one moment. */
  override getValue(): Promise<Map<string, unknown>> {
    return super.getValue() as Promise<Map<string, unknown>>;
  }

  /** The names with their values, as they are when the first one is asked for. */
  async *[Symbol.asyncIterator](): AsyncGenerator<[string, unknown], void, undefined> {
    yield* await this.getValue();
  }
}
