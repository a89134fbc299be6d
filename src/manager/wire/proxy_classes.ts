/**
 * The classes of proxies: one for each type of this library, those that users register, and those that are made of the names of
 * the methods of other objects.
 *
 * @module
 */

import { classOfKey, UnknownClassError } from "../../codec/registry.ts";
import { UnknownHandleError } from "../../messages/handles.ts";
import { assemble } from "../../messages/parts.ts";
import { isCallable, PROXY_METHODS } from "./exposed.ts";
import type { Shared } from "./protocol.ts";
import { AUTO_PROXY, BaseProxy, callOf, type ProxyTarget } from "./proxy.ts";
import type { Target } from "./proxy_state.ts";

/** A class of proxies. */
export type ProxyClass<T extends BaseProxy = BaseProxy> = new (target: ProxyTarget) => T;

const builtIn = new Map<string, ProxyClass>();

/**
 * Says of which classes the proxies of types are.
 *
 * @param proxies The classes, by the names of the types.
 */
export function registerProxies(proxies: Readonly<Record<string, ProxyClass>>): void {
  for (const [type, proxy] of Object.entries(proxies)) builtIn.set(type, proxy);
}

/**
 * Makes a proxy.
 *
 * @param target What it stands for, which has been counted for it.
 * @returns The proxy.
 */
export function makeProxy(target: Target): BaseProxy {
  return proxyMaker(target.shared)(target);
}

/**
 * How the proxies of an object are made.
 *
 * @param shared The object, as its server tells of it.
 * @returns Makes a proxy.
 * @throws {UnknownClassError} when their class has not been loaded here.
 */
export function proxyMaker(shared: Shared): (target: Target) => BaseProxy {
  const known = classFor(shared);
  return (target) => assemble(known, target);
}

function classFor([, type, how]: Shared): ProxyClass {
  if (how === null) {
    const known = builtIn.get(type);
    if (known !== undefined) return known;
    throw new UnknownHandleError(null, `proxy of ${type}`);
  }
  if (typeof how !== "string") return proxyClassOf(how);
  const registered = classOfKey(how) as ProxyClass | undefined;
  if (registered === undefined) throw new UnknownClassError(how);
  if (!(registered.prototype instanceof BaseProxy)) {
    throw new TypeError(`${how} is no class of proxies`);
  }
  return registered;
}

const made = new Map<string, ProxyClass>();
const MOST_MADE = 1_000;

/**
 * A class of proxies with methods of given names. Python's `MakeProxyType`.
 *
 * @param methods The names.
 * @returns The class.
 */
export function proxyClassOf(methods: readonly string[]): ProxyClass {
  const key = methods.join("\n");
  const known = made.get(key);
  if (known !== undefined) return known;
  class AutoProxy extends BaseProxy {}
  Object.defineProperty(AutoProxy, "name", { value: AUTO_PROXY });
  for (const method of methods.filter(isCallable)) {
    // The server would not send it; what a stranger sends must not take the place of a proxy's own.
    if (PROXY_METHODS.includes(method)) continue;
    Object.defineProperty(AutoProxy.prototype, method, {
      value(this: BaseProxy, ...args: unknown[]): Promise<unknown> {
        return callOf(this, method, args);
      },
      configurable: true,
      writable: true,
    });
  }
  if (made.size >= MOST_MADE) made.clear();
  made.set(key, AutoProxy);
  return AutoProxy;
}
