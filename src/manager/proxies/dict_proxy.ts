/**
 * The proxies of dicts.
 *
 * @module
 */

import { BaseProxy, callOf } from "../wire/proxy.ts";

/** What a dict can be made of: a map, pairs, another dict of a manager, or a plain object, whose keys are texts. */
export type DictSource<K, V> =
  | DictProxy<K, V>
  | Iterable<readonly [K, V]>
  | (K extends string ? Readonly<Record<string, V>> : never);

/**
 * A dict of a manager: a `Map` whose methods return promises. Python's `DictProxy`.
 *
 * - Each method is one step for all processes; two methods one after the other are two.
 * - Values are copies: to change a nested plain value is seen by nobody until it is set again. A proxy as a value stays shared.
 * - `for await` and `entries()` see the dict as it was at one moment.
 *
 * Differences from Python: the methods are those of a `Map`; a missing key gives `undefined`.
 *
 * @typeParam K The keys: texts and numbers are compared as a `Map` does; objects arrive as copies, so never equal each other.
 * @typeParam V The values.
 *
 * @example
 * ```ts
 * import { Manager } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   const ages = await manager.dict({ ann: 31 });
 *   await ages.set("bob", 27);
 *   console.log(await ages.get("bob"), await ages.size()); // 27 2
 * }
 * ```
 */
export class DictProxy<K = unknown, V = unknown> extends BaseProxy {
  /**
   * The value of a key.
   *
   * @param key The key.
   * @returns A copy; `undefined` when there is no such key.
   */
  get(key: K): Promise<V | undefined> {
    return callOf(this, "get", [key]) as Promise<V | undefined>;
  }

  /**
   * Sets the value of a key.
   *
   * @param key The key.
   * @param value The value, which is copied; a proxy stays shared.
   * @returns Resolves when it is set.
   */
  set(key: K, value: V): Promise<void> {
    return callOf(this, "set", [key, value]) as Promise<void>;
  }

  /**
   * Whether there is a key.
   *
   * @param key The key.
   */
  has(key: K): Promise<boolean> {
    return callOf(this, "has", [key]) as Promise<boolean>;
  }

  /**
   * Removes a key.
   *
   * @param key The key.
   * @returns Whether there was one.
   */
  delete(key: K): Promise<boolean> {
    return callOf(this, "delete", [key]) as Promise<boolean>;
  }

  /** Removes all keys. */
  clear(): Promise<void> {
    return callOf(this, "clear", []) as Promise<void>;
  }

  /** How many keys there are. */
  size(): Promise<number> {
    return callOf(this, "size", []) as Promise<number>;
  }

  /** The keys, in the order in which they came. */
  keys(): Promise<K[]> {
    return callOf(this, "keys", []) as Promise<K[]>;
  }

  /** The values, in the order of the keys. */
  values(): Promise<V[]> {
    return callOf(this, "values", []) as Promise<V[]>;
  }

  /** The keys with their values. */
  entries(): Promise<[K, V][]> {
    return callOf(this, "entries", []) as Promise<[K, V][]>;
  }

  /**
   * Sets several values in one step.
   *
   * @param entries A map, pairs, a plain object, or another dict of a manager.
   * @throws {TypeError} when they are none of these; nothing has changed then.
   */
  update(entries: DictSource<K, V>): Promise<void> {
    return withSource(entries, (sent) => callOf(this, "update", [sent])) as Promise<void>;
  }

  /**
   * Removes a key and gives its value.
   *
   * @param key The key.
   * @returns The value; `undefined` when there is no such key.
   */
  pop(key: K): Promise<V | undefined>;
  /**
   * Removes a key and gives its value.
   *
   * @param key The key.
   * @param fallback What it gives when there is no such key.
   */
  pop(key: K, fallback: V): Promise<V>;
  pop(key: K, fallback?: V): Promise<V | undefined> {
    return callOf(this, "pop", [key, fallback]) as Promise<V | undefined>;
  }

  /**
   * The value of a key, which is set first when there is none.
   *
   * @param key The key.
   * @param value What it is set to then.
   */
  setDefault(key: K, value: V): Promise<V> {
    return callOf(this, "setDefault", [key, value]) as Promise<V>;
  }

  /** The dict as it is at one moment, as a `Map` of this process. */
  copy(): Promise<Map<K, V>> {
    return callOf(this, "copy", []) as Promise<Map<K, V>>;
  }

  /** As `copy()`. */
  override getValue(): Promise<Map<K, V>> {
    return this.copy();
  }

  /** The keys with their values, as they are when the first one is asked for. */
  async *[Symbol.asyncIterator](): AsyncGenerator<[K, V], void, undefined> {
    yield* await this.entries();
  }
}

/**
 * Does something with what is sent of what a container is made of. Iterables of one's own do not travel, so their items do; and of
 * what a proxy stands for a copy does, as in Python.
 *
 * @param source The source.
 * @param use Called with what is sent: at once, but for proxies.
 * @returns What that gives.
 */
export function withSource(
  source: unknown,
  use: (sent: unknown) => Promise<unknown>,
): Promise<unknown> {
  return source instanceof BaseProxy ? source.getValue().then(use) : use(sendable(source));
}

function sendable(source: unknown): unknown {
  const isIterable = typeof source === "object" && source !== null && Symbol.iterator in source;
  return !isIterable || source instanceof Map ? source : [...source as Iterable<unknown>];
}
