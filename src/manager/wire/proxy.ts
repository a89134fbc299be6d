/**
 * Proxies: objects that stand for one that lives in a manager's server.
 *
 * Long because what a proxy is made of is known to this file only.
 *
 * @module
 */

import { Refusal } from "../../codec/refusal.ts";
import { classOfKey, UnknownClassError } from "../../codec/registry.ts";
import { programOf } from "../../parties/program.ts";
import { type Leaver, registerHandle, UnknownHandleError } from "../../messages/handles.ts";
import type { Move } from "../../messages/move.ts";
import { RemoteError } from "../../errors.ts";
import { isCallable, PROXY_METHODS } from "./exposed.ts";
import { knownLink, type Link, linkTo, type Locator, newTicket } from "./link.ts";
import { REPR, Request, type Shared, VALUE } from "./protocol.ts";

/** What a proxy stands for. Only managers make it, and nothing but a proxy can be made of it. */
export interface ProxyTarget {
  /** The way to the object's server. */
  readonly link: object;
  /** Which object it is. */
  readonly shared: readonly unknown[];
}

/** A {@linkcode ProxyTarget}, as this library knows it. */
export interface Target extends ProxyTarget {
  readonly link: Link;
  readonly shared: Shared;
}

/** The number of the handles that are proxies. */
export const PROXY_KIND = 40;

type Payload = [server: string, locator: Locator, shared: Shared, sender: string, ticket: number];

/** The state of a proxy, apart from it, so that it can be told of when it is gone. */
class State implements Leaver {
  readonly link: Link;
  readonly shared: Shared;
  isDisposed = false;
  /** The ticket of the next message that it is sent with; 0: none yet. */
  ticket = 0;

  constructor({ link, shared }: Target) {
    this.link = link;
    this.shared = shared;
  }

  /**
   * The ticket of a message that is being encoded. Most senders say in the same step that it has left; for all others a count is
   * taken as soon as the running code yields.
   */
  useTicket(): number {
    if (this.ticket === 0) {
      const ticket = newTicket();
      this.ticket = ticket;
      queueMicrotask(() => {
        if (this.ticket === ticket) this.leave();
      });
    }
    return this.ticket;
  }

  /** Takes a count along with a message: see `messages/moves.ts`. */
  leave(): Move {
    const { link, shared: [object], ticket } = this;
    this.ticket = 0;
    if (ticket !== 0) link.post(Request.hold, object, ticket);
    const drop = (): void => link.post(Request.drop, object, ticket);
    // The server keeps the count from now on: nobody here has to wait for it to arrive.
    const program = link.program ?? programOf("thread");
    return { program, isOver: true, undo: drop, giveUp: drop };
  }
}

const forgotten = new FinalizationRegistry<State>(release);

let stateOf: (proxy: BaseProxy) => State;

/**
 * Stands for an object in a manager's server. Python's `BaseProxy`.
 *
 * - It may be sent anywhere: as an argument, through queues and pipes, inside other values and other managed objects.
 *   It stands for the same object there.
 * - The object lives as long as there is a proxy of it in any process, or on its way.
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
  readonly #state: State;

  static {
    stateOf = (proxy) => proxy.#state;
    registerHandle<BaseProxy>({
      number: PROXY_KIND,
      prototype: BaseProxy.prototype,
      programOf: (proxy) => proxy.#state.link.program,
      toPayload: (proxy): Payload => {
        const state = proxy.#state;
        if (state.isDisposed) throw new Refusal("this proxy was disposed of");
        const { link, shared } = state;
        return [link.server, link.locator, shared, link.sender, state.useTicket()];
      },
      fromPayload: (payload) => {
        const [server, locator, shared, sender, ticket] = payload as Payload;
        const create = proxyMaker(shared);
        return receive(linkTo(server, locator), shared, { sender, ticket, create });
      },
      leaverOf: (proxy) => proxy.#state,
    });
  }

  /**
   * Creates a proxy; managers do.
   *
   * @param target What it stands for.
   * @throws {TypeError} when it is given anything else.
   */
  constructor(target: ProxyTarget) {
    const { link } = (target ?? {}) as Partial<Target>;
    if (typeof link?.call !== "function") {
      throw new TypeError("Managers create proxies: call a method of one, such as dict()");
    }
    this.#state = new State(target as Target);
    link.addUser();
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

/** The consoles of the runtimes show the proxy itself. */
Object.defineProperty(BaseProxy.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(this: BaseProxy): string {
    return String(this);
  },
  configurable: true,
  writable: true,
});

function receive(
  link: Link,
  shared: Shared,
  { sender, ticket, create }: {
    sender: string;
    ticket: number;
    create: (target: Target) => BaseProxy;
  },
): BaseProxy {
  link.post(Request.claim, shared[0], sender, ticket);
  return create({ link, shared });
}

/** What is sent of a proxy over a network: no key. */
type RemotePayload = [server: string, shared: Shared, sender: string, ticket: number];

/**
 * Takes a proxy apart that is sent over a network.
 *
 * @param proxy The proxy.
 * @returns What is sent, and what leaves then.
 * @throws {Refusal} when its server cannot be reached from elsewhere.
 */
export function toRemote(proxy: BaseProxy): { payload: unknown; leaver: Leaver } {
  const state = stateOf(proxy);
  const { link, shared, isDisposed } = state;
  if (isDisposed) throw new Refusal("this proxy was disposed of");
  if (link.address === null) {
    throw new Refusal(
      "the manager of this proxy has no address that other programs could connect to; " +
        'start it with an "address"',
    );
  }
  const payload: RemotePayload = [link.server, shared, link.sender, state.useTicket()];
  return { payload, leaver: state };
}

/**
 * Makes a proxy that came over a network. Only servers count that this process is connected to already.
 *
 * @param payload What came.
 * @returns The proxy.
 */
export function fromRemote(payload: unknown): BaseProxy {
  const [server, shared, sender, ticket] = Array.isArray(payload) ? payload : [];
  const link = typeof server === "string" ? knownLink(server) : undefined;
  if (link === undefined) {
    throw new RemoteError(
      "A proxy arrived whose manager is not known here: connect() to that manager first",
    );
  }
  if (!isShared(shared) || typeof sender !== "string" || !Number.isSafeInteger(ticket)) {
    throw new RemoteError("A proxy arrived that is none");
  }
  return receive(link, shared, { sender, ticket, create: proxyMaker(shared) });
}

/** Whether a value tells of an object, as a server does. */
export function isShared(value: unknown): value is Shared {
  if (!Array.isArray(value)) return false;
  const [object, type, how] = value as unknown[];
  const isHow = how === null || typeof how === "string" ||
    Array.isArray(how) && how.every((name) => typeof name === "string");
  return Number.isSafeInteger(object) && typeof type === "string" && isHow;
}

function release(state: State): void {
  if (state.isDisposed) return;
  state.isDisposed = true;
  if (state.ticket !== 0) state.leave();
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

/** A class of proxies. */
export type ProxyClass<T extends BaseProxy = BaseProxy> = new (target: ProxyTarget) => T;

const builtIn = new Map<string, ProxyClass>();

/** Says of which class the proxies of a type are. */
export function registerProxy(type: string, proxy: ProxyClass): void {
  builtIn.set(type, proxy);
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

function proxyMaker([, type, how]: Shared): (target: ProxyTarget) => BaseProxy {
  if (how === null) {
    const known = builtIn.get(type);
    if (known === undefined) throw new UnknownHandleError(null, `proxy of ${type}`);
    return (target) => new known(target);
  }
  if (typeof how !== "string") return (target) => new (proxyClassOf(how))(target);
  const registered = classOfKey(how) as ProxyClass | undefined;
  if (registered === undefined) throw new UnknownClassError(how);
  if (!(registered.prototype instanceof BaseProxy)) {
    throw new TypeError(`${how} is no class of proxies`);
  }
  return (target) => new registered(target);
}

/** What the classes are called that are made of methods' names, also after minification. */
const AUTO_PROXY = "AutoProxy";
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
