/**
 * What a class or a function becomes when a manager serves it: the types of its proxies and of the manager's methods.
 *
 * @module
 */

import type { AnyFunction } from "../callable/mod.ts";
import type { ManagerOptions } from "./manager_options.ts";
import type { IteratorProxy } from "./proxies/iterator_proxy.ts";
import type { BaseProxy } from "./wire/proxy.ts";

/** What a call from afar gives: what the method gives, and for an iterator its proxy. */
export type RemoteResult<R> = [Awaited<R>] extends [never] ? never
  // deno-lint-ignore no-explicit-any
  : Awaited<R> extends Iterator<infer T, any, any> | AsyncIterator<infer T, any, any>
    ? IteratorProxy<T>
  : Awaited<R>;

/** The proxy of an object: each of its public methods returns a promise. */
export type Proxied<T> =
  & BaseProxy
  & {
    [
      Name in keyof T as T[Name] extends AnyFunction
        ? Name extends `_${string}` | "then" | keyof BaseProxy ? never
        : Name extends string ? Name
        : never
        : never
    ]: T[Name] extends (...args: infer Args) => infer R
      ? (...args: Args) => Promise<RemoteResult<R>>
      : never;
  };

/** What a manager's method makes of a registered class or function. */
export type Create<F> = F extends abstract new (...args: infer Args) => infer T
  ? (...args: Args) => Promise<Proxied<T>>
  : F extends (...args: infer Args) => infer T ? (...args: Args) => Promise<Proxied<Awaited<T>>>
  // deno-lint-ignore no-explicit-any
  : (...args: any[]) => Promise<BaseProxy>;

/** The class of a manager, with one more method: see {@linkcode BaseManager.register}. */
export type Registered<C, Name extends string, F> =
  & (C extends new (options?: ManagerOptions) => infer M
    ? new (options?: ManagerOptions) => M & Record<Name, Create<F>>
    : never)
  & Pick<C, keyof C>;
