/**
 * The way from a proxy to its object: a client's connection, or none where the server itself has the proxy.
 *
 * @module
 */

import type { Program } from "../../parties/program.ts";
import type { Address } from "../../connection/socket/address.ts";

/** Where a server can be reached: a mailbox in shared memory, or a network address. */
export type Locator = object;

/** The way to one server. */
export interface Link {
  /** Tells the server from all others, everywhere. */
  readonly server: string;
  readonly locator: Locator;
  /** The program in which it can be reached; `null`: from anywhere. */
  readonly program: Program | null;
  /** Where it can be reached from everywhere; `null`: by this program only. */
  readonly address: Address | null;
  /** Who sends proxies by this link. */
  readonly sender: string;
  /** Whether the server has ended, or is not known any more. */
  readonly hasEnded: boolean;
  /** Calls a method. */
  call(object: number, method: string, args: unknown[], signal?: AbortSignal): Promise<unknown>;
  /** Tells something that needs no answer. */
  post(kind: number, ...words: (number | string)[]): void;
  /**
   * Tells that a proxy has arrived: see {@linkcode Request.claim}.
   *
   * @param onSaid Called as soon as the server will hear of it, whatever becomes of this party.
   */
  claim(object: number, sender: string, ticket: number, onSaid: () => void): void;
  /** Whether a proxy is on its way that was sent with a ticket, as far as can be told here. */
  isInFlight(ticket: number): boolean;
  /** Says that a proxy uses it, or waits for being received. */
  addUser(): void;
  /** Says that one does no more. */
  removeUser(): void;
}

/** Makes the way to a server. */
export type Dialer = (server: string, locator: Locator) => Link;

const links = new Map<string, Link>();
let dialer: Dialer | null = null;

/** Says how ways to servers are made. */
export function setDialer(dial: Dialer): void {
  dialer = dial;
}

/**
 * The way to a server.
 *
 * @param server The server's name.
 * @param locator Where it can be reached.
 * @returns The way; the same one for the same server.
 */
export function linkTo(server: string, locator: Locator): Link {
  let link = links.get(server);
  if (link === undefined) {
    link = dialer!(server, locator);
    links.set(server, link);
  }
  return link;
}

/** The way to a server, if this process has one. */
export function knownLink(server: string): Link | undefined {
  return links.get(server);
}

/** Makes a way known, where there is none. */
export function addLink(link: Link): void {
  if (!links.has(link.server)) links.set(link.server, link);
}

/** Forgets a way. */
export function removeLink(link: Link): void {
  if (links.get(link.server) === link) links.delete(link.server);
}

let tickets = 0;

/** A number that nobody of this party has used. */
export function newTicket(): number {
  return ++tickets;
}
