/**
 * The way to a server, wherever it is: what sockets need is loaded by the first connection.
 *
 * @module
 */

import type { Address } from "../../connection/socket/address.ts";
import type { TlsOptions } from "../../connection/socket/tls.ts";
import { dialMailbox, ManagerClient } from "./client.ts";
import type { Locator } from "./link.ts";
import { Mailbox } from "./mailbox.ts";

/** Where a server is, and what is needed to get in. It stays in this program: see `remote_codec.ts`. */
export interface RemotePlace {
  readonly address: Address;
  readonly authKey: Uint8Array | null;
  readonly tls: TlsOptions | null;
}

/** How long (ms) a server may take to let a client in. */
const CONNECT_DEADLINE = 10_000;

/**
 * A client of a server.
 *
 * @param server The server's name; `""`: it is not known yet.
 * @param place Where it is.
 * @returns The client, which connects when it is first needed.
 */
export function dialRemote(server: string, place: RemotePlace): ManagerClient {
  const { address, authKey, tls } = place;
  const dial = async () => {
    const { connect } = await import("../../connection/socket/connect.ts");
    return await connect(address, authKey, { timeout: CONNECT_DEADLINE }, tls);
  };
  return new ManagerClient({ server, locator: place, program: null, address }, dial);
}

/** Whether a locator is that of a server with an address. */
function isRemotePlace(locator: object): locator is RemotePlace {
  return "address" in locator && "authKey" in locator;
}

/**
 * Makes the way to a server.
 *
 * @param server The server's name.
 * @param locator Where it is.
 * @returns The way.
 * @throws {TypeError} when that is no place of a server.
 */
export function dialServer(server: string, locator: Locator): ManagerClient {
  if (locator instanceof Mailbox) return dialMailbox(server, locator);
  if (isRemotePlace(locator)) return dialRemote(server, locator);
  throw new TypeError("A proxy arrived that does not say where its server is");
}
