/**
 * Addresses of listeners.
 *
 * @module
 */

import { show } from "../../support/options.ts";

/** A host and a port of TCP. */
export interface HostAddress {
  /** A name or an IP address, such as `127.0.0.1`. */
  host: string;
  /** A port; 0 to listen on one that is free. */
  port: number;
}

/** Where a listener is: the path of a Unix socket, or a host and a port. */
export type Address = string | HostAddress;

const LARGEST_PORT = 65_535;

/**
 * Checks an address.
 *
 * @param address The address, as the user gave it.
 * @returns A copy.
 * @throws {TypeError} when it is none.
 * @throws {RangeError} when the port is none.
 */
export function checkAddress(address: unknown): Address {
  if (typeof address === "string") {
    if (address !== "") return address;
    throw new TypeError(`"address" must not be empty: give the path of a socket`);
  }
  const { host, port } = (address ?? {}) as Partial<HostAddress>;
  if (typeof host !== "string" || host === "" || typeof port !== "number") {
    throw new TypeError(
      `"address" must be the path of a socket or like { host: "127.0.0.1", port: 0 }, got ${
        show(address)
      }`,
    );
  }
  if (!Number.isInteger(port) || port < 0 || port > LARGEST_PORT) {
    throw new RangeError(`"port" must be a whole number from 0 to ${LARGEST_PORT}, got ${port}`);
  }
  return { host, port };
}

/**
 * Checks a key.
 *
 * @param authKey The key, as the user gave it.
 * @returns A copy; `null` when there is none.
 * @throws {TypeError} when it is no key.
 */
export function checkAuthKey(authKey: unknown): Uint8Array | null {
  if (authKey === undefined) return null;
  if (!(authKey instanceof Uint8Array)) {
    throw new TypeError(`"authKey" must be a Uint8Array, got ${show(authKey)}`);
  }
  if (authKey.length === 0) throw new TypeError(`"authKey" must not be empty: it proves nothing`);
  return authKey.slice();
}

/** Whether nobody outside of this machine can reach an address. */
export function isLocal(address: Address): boolean {
  if (typeof address === "string") return true;
  const { host } = address;
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** An address as people write it. */
export function addressText(address: Address): string {
  if (typeof address === "string") return address;
  return address.host.includes(":")
    ? `[${address.host}]:${address.port}`
    : `${address.host}:${address.port}`;
}
