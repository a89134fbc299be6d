/**
 * A manager's server: makes objects for its clients and calls their methods.
 *
 * Nothing is ever called but the registered types and the exposed methods of the objects. Each call runs on its own, begun in
 * the order in which a client sent them.
 *
 * @module
 */

import type { Program } from "../../parties/program.ts";
import { RemoteError } from "../../errors.ts";
import { show } from "../../support/options.ts";
import { Call, Client, Kept } from "../wire/call.ts";
import type { Address } from "../../connection/socket/address.ts";
import { addLink, type Link, type Locator, removeLink } from "../wire/link.ts";
import { type Entry, ObjectTable } from "./object_table.ts";
import { BaseProxy, targetOf } from "../wire/proxy.ts";
import { makeProxy } from "../wire/proxy_classes.ts";
import { repr } from "../served/repr.ts";
import { REPR, Request, SERVER, type Shared, VALUE } from "../wire/protocol.ts";
import { isIterator, ITERATOR, ServedIterator } from "../served/iterator.ts";
import type { ServedType } from "../served/served_type.ts";

/** A result that its client gets as a proxy, which counts already. */
export class SharedResult {
  readonly shared: Shared;

  /** @param shared What the client is told of it. */
  constructor(shared: Shared) {
    this.shared = shared;
  }
}

/** Where a server can be reached. */
export interface ServerPlace {
  /** The server's name. */
  readonly name: string;
  locator: Locator;
  readonly program: Program | null;
  /** Where other programs reach it, as soon as that is known. */
  address: Address | null;
  /** Who it is, for the stacks of errors. */
  readonly where: string;
}

/** The server. */
export class ManagerServer {
  readonly place: ServerPlace;
  readonly table: ObjectTable = new ObjectTable();
  readonly #types: ReadonlyMap<string, ServedType>;
  /** The connections of its clients. */
  readonly sessions: Set<{ look(): boolean; end(): void }> = new Set();
  readonly #link: ServerLink;
  #onStop!: () => void;
  /** Resolves when it has stopped. */
  readonly stopped: Promise<void>;
  /** Why it can do nothing. */
  #failure: { error: unknown } | null = null;

  /**
   * @param place Where it can be reached.
   * @param types What it can make.
   */
  constructor(place: ServerPlace, types: ReadonlyMap<string, ServedType>) {
    this.place = place;
    this.#types = types;
    this.stopped = new Promise((resolve) => this.#onStop = resolve);
    this.#link = new ServerLink(this);
    addLink(this.#link);
  }

  /** What it tells of itself. */
  describe(): unknown {
    this.#check();
    const { name, address } = this.place;
    return {
      name,
      address,
      objects: this.table.size,
      types: this.table.types,
      clients: this.sessions.size,
    };
  }

  /** Answers everything with an error from now on. */
  fail(error: unknown): void {
    this.#failure = { error };
  }

  /** Ends all connections: whoever waits for an answer hears that there will be none. */
  stop(): void {
    removeLink(this.#link);
    for (const session of [...this.sessions]) session.end();
    this.#onStop();
  }

  /**
   * Makes an object.
   *
   * @param call Who wants it.
   * @param name The type's name.
   * @param args What it is made of.
   * @returns What the client is told.
   */
  async create(call: Call, name: unknown, args: unknown[]): Promise<SharedResult> {
    this.#check();
    const type = this.#types.get(name as string);
    if (type === undefined || type.create === null) {
      throw new RemoteError(`There is no type ${show(name)} to create: register() it first`);
    }
    const given = type.takesCall ? args.map((value) => this.#own(value)) : args;
    const made = type.create(given, call);
    // An object with a method `then` is none that anybody could wait for.
    return this.#share(made instanceof Promise ? await made : made, type, call.client);
  }

  /**
   * Calls a method.
   *
   * @param call Who calls.
   * @param id The object.
   * @param method The method's name.
   * @param args Its arguments.
   * @returns What it gives, or a promise of that.
   */
  run(call: Call, id: unknown, method: unknown, args: unknown[]): unknown {
    this.#check();
    const entry = this.table.get(id as number);
    if (entry === undefined) {
      throw new RemoteError(`The manager has no object ${show(id)} any more`);
    }
    if (method === REPR) return reprOf(entry);
    if (method === VALUE) return valueOf(entry);
    const { object, type, methods } = entry;
    if (typeof method !== "string" || !methods.has(method)) {
      const names = [...methods].join(", ");
      throw new RemoteError(`${show(method)} is not exposed by ${type.name}, which has: ${names}`);
    }
    const callee = (object as Record<string, unknown>)[method];
    if (typeof callee !== "function") {
      throw new RemoteError(`${show(method)} is no method of this ${type.name}`);
    }
    const result: unknown = type.takesCall
      ? callee.call(object, call, ...args)
      : callee.apply(object, args);
    const isPromise = type.methodToType.has(method)
      ? result instanceof Promise
      : typeof (result as PromiseLike<unknown> | null)?.then === "function";
    if (!isPromise) return this.#toResult(result, entry, method, call.client);
    return (result as Promise<unknown>).then((value) =>
      this.#toResult(value, entry, method, call.client)
    );
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  #toResult(value: unknown, { type }: Entry, method: string, client: Client): unknown {
    const wanted = type.methodToType.get(method);
    if (wanted !== undefined) {
      const resultType = this.#types.get(wanted);
      if (resultType === undefined) {
        throw new RemoteError(`There is no type ${show(wanted)}: register() it first`);
      }
      return this.#share(value, resultType, client);
    }
    if (type.takesCall || !isIterator(value)) return value;
    return this.#share(new ServedIterator(value), ITERATOR, client);
  }

  #share(object: unknown, type: ServedType, client: Client): SharedResult {
    if ((typeof object !== "object" || object === null) && typeof object !== "function") {
      throw new RemoteError(`Only objects can be shared: ${type.name} gave ${show(object)}`);
    }
    return new SharedResult(this.table.add(object, type, client).shared);
  }

  /** The object itself, where a proxy stands for one of this server. */
  #own(value: unknown): unknown {
    if (!(value instanceof BaseProxy)) return value;
    const { link, shared } = targetOf(value);
    return link === this.#link ? this.table.get(shared[0])?.object : value;
  }
}

/** {@linkcode Link} of the proxies that the server has of its own objects: no way at all. */
class ServerLink implements Link {
  readonly sender: string = SERVER;
  readonly hasEnded = false;
  readonly #server: ManagerServer;
  readonly #client = new Client(SERVER, true);

  constructor(server: ManagerServer) {
    this.#server = server;
  }

  get server(): string {
    return this.#server.place.name;
  }

  get locator(): Locator {
    return this.#server.place.locator;
  }

  get program(): Program | null {
    return this.#server.place.program;
  }

  get address(): Address | null {
    return this.#server.place.address;
  }

  async call(
    object: number,
    method: string,
    args: unknown[],
    signal?: AbortSignal,
  ): Promise<unknown> {
    signal?.throwIfAborted();
    const call = new Call(this.#client);
    const cancel = (): void => call.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      const result = await this.#server.run(call, object, method, args);
      if (result instanceof Kept) return result.value;
      return result instanceof SharedResult
        ? makeProxy({ link: this, shared: result.shared })
        : result;
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  post(kind: number, ...words: (number | string)[]): void {
    applyPost(this.#server.table, this.#client, [kind, ...words]);
  }

  claim(object: number, sender: string, ticket: number, onSaid: () => void): void {
    this.post(Request.claim, object, sender, ticket);
    onSaid();
  }

  isInFlight(ticket: number): boolean {
    return this.#server.table.isInFlight(this.sender, ticket);
  }

  addUser(): void {}

  removeUser(): void {}
}

/**
 * Does what needs no answer.
 *
 * @param table The objects.
 * @param client Who says it.
 * @param frame What it says.
 * @returns Whether it is such a message.
 */
export function applyPost(table: ObjectTable, client: Client, frame: unknown[]): boolean {
  const [kind, first, second, third] = frame as [number, number, never, never];
  switch (kind) {
    case Request.release:
      table.release(client, first);
      return true;
    case Request.retain:
      table.retain(client, first);
      return true;
    case Request.hold:
      table.hold(client.name, second, first);
      return true;
    case Request.drop:
      table.dropFlight(client.name, second);
      return true;
    case Request.claim:
      table.claim(client, first, second, third);
      return true;
    default:
      return false;
  }
}

function reprOf({ object, type }: Entry): string {
  return type.takesCall ? (object as { repr(): string }).repr() : repr(object);
}

function valueOf({ object, type }: Entry): unknown {
  if (!type.takesCall) {
    if (typeof (object as { then?: unknown }).then !== "function") return object;
    throw new TypeError(`A ${type.name} cannot be copied: it has a method then()`);
  }
  const { value } = object as { value?(): unknown };
  if (value === undefined) throw new TypeError(`A ${type.name} has no value that could be copied`);
  return value.call(object);
}
