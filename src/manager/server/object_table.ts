/**
 * The objects of a server, and who counts them.
 *
 * An object lives while somebody counts it: a client for each of its proxies, the server itself for each proxy that it has, and
 * each message on its way that a proxy travels in, as long as its sender has not ended.
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
  readonly #flights = new Map<string, Map<number, number>>();
  /** Proxies that have arrived before the server heard that they were sent. */
  readonly #early = new Set<string>();
  #last = 0;

  /** How many objects there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** How many objects there are of each type. */
  get types(): Record<string, number> {
    const counts = new Map<string, number>();
    for (const { type: { name } } of this.#entries.values()) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return Object.fromEntries(counts);
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

  /** A client has ended, and with it what it has sent and nobody has received. */
  forget(client: Client): void {
    const counts = this.#counts.get(client);
    this.#counts.delete(client);
    for (const [id, count] of counts ?? []) this.#drop(id, count);
    const flights = this.#flights.get(client.name);
    this.#flights.delete(client.name);
    for (const id of flights?.values() ?? []) this.#drop(id, 1);
  }

  /** A proxy is on its way. */
  hold(sender: string, ticket: number, id: number): void {
    const entry = this.#entries.get(id);
    if (this.#early.delete(`${sender} ${ticket}`) || entry === undefined) return;
    let flights = this.#flights.get(sender);
    if (flights === undefined) this.#flights.set(sender, flights = new Map());
    if (flights.has(ticket)) return;
    entry.count++;
    flights.set(ticket, id);
  }

  /** Whether a proxy is on its way. */
  isInFlight(sender: string, ticket: number): boolean {
    return this.#flights.get(sender)?.has(ticket) ?? false;
  }

  /** A proxy on its way was lost. */
  dropFlight(sender: string, ticket: number): void {
    const flights = this.#flights.get(sender);
    const id = flights?.get(ticket);
    if (flights === undefined || id === undefined) return;
    flights.delete(ticket);
    if (flights.size === 0) this.#flights.delete(sender);
    this.#drop(id, 1);
  }

  /** A proxy has arrived. */
  claim(client: Client, id: number, sender: string, ticket: number): void {
    this.retain(client, id);
    if (this.isInFlight(sender, ticket)) return this.dropFlight(sender, ticket);
    if (this.#early.size >= MOST_EARLY) this.#early.clear();
    this.#early.add(`${sender} ${ticket}`);
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
