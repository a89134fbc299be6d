/**
 * Proxies: objects that stand for one that lives in a manager's server.
 *
 * @module
 */

import { Parts } from "../../messages/parts.ts";
import { REPR, Request, VALUE } from "./protocol.ts";
import { ProxyState, type Target } from "./proxy_state.ts";

/** What a proxy stands for. Only managers make it; a class of proxies gives it to `super()`. */
export interface ProxyTarget {
  /** What it is: nothing else is one. */
  readonly [Symbol.toStringTag]: "Parts";
}

/** What the classes are called that are made of methods' names, also after minification. */
export const AUTO_PROXY = "AutoProxy";

const forgotten = new FinalizationRegistry<ProxyState>(release);

/** The state of a proxy. */
export let stateOf: (proxy: BaseProxy) => ProxyState;

/**
 * Stands for an object in a manager's server. Python's `BaseProxy`.
 *
 * - It may be sent anywhere: as an argument, through queues and pipes, inside other values and other managed objects.
 *   It stands for the same object there.
 * - The object lives as long as there is a proxy of it in any process, or on its way. One on its way is lost with what
 *   carries it, and with the process that has sent it.
 * - A call that fails rejects with an error of the class that a local call would have thrown.
 * - When the server has ended, calls reject with an `EOFError`: it says how where the manager was started, and elsewhere its
 *   process id or address.
 *
 * Differences from Python: a proxy on its way keeps its object alive; `dispose()` gives one up at once.
 *
 * @example
 * ```ts
 * import { Manager } from "@allcores/multiprocessing";
 *
 * if (import.meta.main) {
 *   await using manager = await Manager();
 *   using list = await manager.list([1, 2]);
 *   await list.push(3);
 *   console.log(await list.repr()); // [1, 2, 3]
 * }
 * ```
 */
export class BaseProxy implements Disposable {
  readonly #state: ProxyState;

  static {
    stateOf = (proxy) => proxy.#state;
    // The consoles of the runtimes show the proxy itself.
    Object.defineProperty(BaseProxy.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: BaseProxy): string {
        return String(this);
      },
      configurable: true,
      writable: true,
    });
  }

  /**
   * Creates a proxy; managers do.
   *
   * @param target What it stands for.
   * @throws {TypeError} when it is given anything else.
   */
  constructor(target: ProxyTarget) {
    if (!(target instanceof Parts)) {
      throw new TypeError("Managers create proxies: call a method of one, such as dict()");
    }
    this.#state = new ProxyState(target.content);
    this.#state.link.addUser();
    forgotten.register(this, this.#state, this);
  }

  /**
   * Calls a method by its name. Python's `_callmethod`.
   *
   * @param method The method's name.
   * @param args Its arguments, which are copied.
   * @returns What it gives.
   * @throws {RemoteError} when the method is not exposed, or the object is gone.
   * @throws {SerializationError} when an argument cannot be sent.
   * @throws {EOFError} when the server has ended.
   */
  call(method: string, ...args: unknown[]): Promise<unknown> {
    return callOf(this, method, args);
  }

  /**
   * A copy of the object. Python's `_getvalue`.
   *
   * @returns The copy.
   * @throws {SerializationError} when it cannot be sent.
   */
  getValue(): Promise<unknown> {
    return callOf(this, VALUE, []);
  }

  /**
   * The object as text. Python's `str(proxy)`, which waits for the server.
   *
   * @returns The text, alike on every runtime.
   */
  async repr(): Promise<string> {
    return await callOf(this, REPR, []) as string;
  }

  /**
   * The same as `repr()`: the object as text. Python's `str(proxy)`.
   *
   * A conversion that cannot wait, as by `String(proxy)` or a template, shows the proxy itself.
   *
   * @returns The text, alike on every runtime.
   */
  toString(): Promise<string> {
    return this.repr();
  }

  /** Shows the proxy itself, without asking the server, as consoles do. Python's `repr(proxy)`. */
  [Symbol.toPrimitive](): string {
    const [object, type] = this.#state.shared;
    const { name } = this.constructor;
    const shown = name === AUTO_PROXY ? `${name}[${type}]` : name;
    return `<${shown} object, typeid '${type}' at 0x${object.toString(16)}>`;
  }

  /** Gives the proxy up: the object ends when nobody else has one. May be called again. */
  dispose(): void {
    forgotten.unregister(this);
    release(this.#state);
  }

  /** Gives the proxy up. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

function release(state: ProxyState): void {
  if (state.isDisposed) return;
  state.dispose();
  state.link.post(Request.release, state.shared[0]);
  state.link.removeUser();
}

/**
 * Calls a method of a proxy's object.
 *
 * @param proxy The proxy.
 * @param method The method's name.
 * @param args Its arguments.
 * @param signal Ends the call's wait.
 * @returns What it gives.
 */
export function callOf(
  proxy: BaseProxy,
  method: string,
  args: unknown[],
  signal?: AbortSignal,
): Promise<unknown> {
  const { link, shared, isDisposed } = stateOf(proxy);
  if (isDisposed) {
    return Promise.reject(new TypeError("Cannot call a method of a proxy that was disposed of"));
  }
  return link.call(shared[0], method, args, signal);
}

/**
 * What tells a proxy's object from all others.
 *
 * @param proxy The proxy.
 */
export function objectOf(proxy: BaseProxy): string {
  const { link, shared } = stateOf(proxy);
  return `${link.server} ${shared[0]}`;
}

/** The object and the way to it. */
export function targetOf(proxy: BaseProxy): Target {
  return stateOf(proxy);
}
