/**
 * The objects of a server, and who counts them.
 *
 * An object lives while somebody counts it: a client for each of its proxies, the server itself for each proxy that it has, and
 * each message on its way that a proxy travels in.
 *
 * @module
 */

import type { Client } from "../wire/call.ts";
import { checkProxyMethods, publicMethods } from "../wire/exposed.ts";
import type { Shared } from "../wire/protocol.ts";
import type { ServedType } from "../served/served_type.ts";

/** An object of the server. */
export interface Entry {
  readonly object: object;
  readonly type: ServedType;
  readonly methods: ReadonlySet<string>;
  readonly shared: Shared;
  count: number;
}

/** How many claims are remembered whose holds have not come. */
const MOST_EARLY = 100_000;

/** The objects. */
export class ObjectTable {
  readonly #entries = new Map<number, Entry>();
  readonly #counts = new Map<Client, Map<number, number>>();
  /** The objects of proxies on their way, by sender and ticket. */
  readonly #flights = new Map<string, number>();
  /** Proxies that have arrived before the server heard that they were sent. */
  readonly #early = new Set<string>();
  #last = 0;

  /** How many objects there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** An object; `undefined` when it is gone. */
  get(id: number): Entry | undefined {
    return this.#entries.get(id);
  }

  /**
   * Adds an object, which its client counts.
   *
   * @throws {TypeError} when it has methods that its proxies cannot have.
   */
  add(object: object, type: ServedType, client: Client): Entry {
    const methods = type.methods ?? new Set(publicMethods(object));
    const proxy = type.proxy === undefined ? [...methods] : type.proxy;
    if (Array.isArray(proxy)) {
      const isThenable = typeof (object as { then?: unknown }).then === "function";
      checkProxyMethods(type.name, proxy, type.methods === null && isThenable);
    }
    const id = ++this.#last;
    const shared: Shared = [id, type.name, proxy];
    const entry = { object, type, methods, shared, count: 0 };
    this.#entries.set(id, entry);
    this.retain(client, id);
    return entry;
  }

  /** A client has one more proxy. */
  retain(client: Client, id: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined || client.hasEnded) return;
    entry.count++;
    let counts = this.#counts.get(client);
    if (counts === undefined) this.#counts.set(client, counts = new Map());
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }

  /** A client has one less: never more than it had. */
  release(client: Client, id: number): void {
    const counts = this.#counts.get(client);
    const count = counts?.get(id);
    if (counts === undefined || count === undefined) return;
    if (count > 1) counts.set(id, count - 1);
    else counts.delete(id);
    this.#drop(id, 1);
  }

  /** A client has ended. */
  forget(client: Client): void {
    const counts = this.#counts.get(client);
    this.#counts.delete(client);
    for (const [id, count] of counts ?? []) this.#drop(id, count);
  }

  /** A proxy is on its way. */
  hold(sender: string, ticket: number, id: number): void {
    const flight = `${sender} ${ticket}`;
    const entry = this.#entries.get(id);
    if (this.#early.delete(flight) || entry === undefined || this.#flights.has(flight)) return;
    entry.count++;
    this.#flights.set(flight, id);
  }

  /** A proxy on its way was lost. */
  dropFlight(sender: string, ticket: number): void {
    const flight = `${sender} ${ticket}`;
    const id = this.#flights.get(flight);
    if (id === undefined) return;
    this.#flights.delete(flight);
    this.#drop(id, 1);
  }

  /** A proxy has arrived. */
  claim(client: Client, id: number, sender: string, ticket: number): void {
    this.retain(client, id);
    const flight = `${sender} ${ticket}`;
    if (this.#flights.has(flight)) return this.dropFlight(sender, ticket);
    if (this.#early.size >= MOST_EARLY) this.#early.clear();
    this.#early.add(flight);
  }

  #drop(id: number, count: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.count -= count;
    if (entry.count > 0) return;
    this.#entries.delete(id);
    entry.type.onGone?.(entry.object);
  }
}
