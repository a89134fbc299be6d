/**
 * What a manager needs to be reached from other programs.
 *
 * @module
 */

import { checkCount, show } from "../../support/options.ts";
import type { RemotePlace } from "../wire/remote.ts";
import {
  type Address,
  checkAddress,
  checkAuthKey,
  isLocal,
} from "../../connection/socket/address.ts";
import type { TlsOptions } from "../../connection/socket/tls.ts";

/** How other programs reach a manager. */
export interface NetworkOptions {
  /** The path of a Unix socket, or a host and a port. @default only this program reaches the manager */
  address?: Address;
  /** The key that both sides must have. Without one only this machine is listened to. */
  authKey?: Uint8Array;
  /** Encrypts the connections: options of `node:tls`, for a server its `key` and `cert`. */
  tls?: TlsOptions;
  /** How many clients may be connected over the network at a time; more are refused. @default {1024} */
  maxClients?: number;
}

/** Checked options. */
export interface Network extends RemotePlace {
  readonly maxClients: number;
}

const MAX_CLIENTS = 1_024;

/**
 * Checks where a manager is to be reached.
 *
 * @param options The options, as the user gave them.
 * @returns The same; `null` when there is no address.
 * @throws {TypeError} when one is of the wrong type.
 * @throws {RangeError} when a number is none.
 */
export function checkNetwork(options: NetworkOptions): Network | null {
  const { tls } = options;
  const authKey = checkAuthKey(options.authKey);
  const maxClients = checkCount("maxClients", options.maxClients ?? MAX_CLIENTS, 1);
  if (tls !== undefined && (typeof tls !== "object" || tls === null)) {
    throw new TypeError(`"tls" must be options of node:tls, got ${show(tls)}`);
  }
  if (options.address === undefined) return null;
  const address = checkAddress(options.address);
  return { address, authKey, tls: tls === undefined ? null : { ...tls }, maxClients };
}

/**
 * Refuses to listen where everybody could come.
 *
 * @param network The options.
 * @throws {TypeError} when other machines could connect without a key.
 */
export function checkKey({ address, authKey }: Network): void {
  if (authKey !== null || isLocal(address)) return;
  throw new TypeError(
    `Other machines could connect to ${show((address as { host: string }).host)}: ` +
      'give an "authKey", or listen on 127.0.0.1',
  );
}
