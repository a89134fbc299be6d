/**
 * Servers that are reached by an address.
 *
 * @module
 */

import type { Address } from "../../connection/socket/address.ts";
import { connect } from "../../connection/socket/connect.ts";
import type { SocketEnd } from "../../connection/socket/socket_end.ts";
import type { SocketServer } from "../../connection/socket/server.ts";
import type { TlsOptions } from "../../connection/socket/tls.ts";
import { MessageKind } from "../../connection/transport.ts";
import { dialMailbox, ManagerClient } from "../wire/client.ts";
import { setDialer } from "../wire/link.ts";
import { Mailbox } from "../wire/mailbox.ts";
import type { ManagerServer } from "./server.ts";
import { Answer } from "../wire/protocol.ts";
import { serveClient } from "./session.ts";

/** Where a server is, and what is needed to get in. It stays in this program: see `remote_codec.ts`. */
export interface RemotePlace {
  readonly address: Address;
  readonly authKey: Uint8Array | null;
  readonly tls: TlsOptions | null;
}

/** How long (ms) a server may take to let a client in. */
const CONNECT_DEADLINE = 10_000;
/** How long (ms) a client may take to say who it is. */
const HELLO_DEADLINE = 10_000;

/**
 * A client of a server.
 *
 * @param server The server's name; `""`: it is not known yet.
 * @param place Where it is.
 * @returns The client, which connects when it is first needed.
 */
export function dialRemote(server: string, place: RemotePlace): ManagerClient {
  const { address, authKey, tls } = place;
  const dial = () => connect(address, authKey, { timeout: CONNECT_DEADLINE }, tls);
  return new ManagerClient({ server, locator: place, program: null, address }, dial);
}

/** Whether a locator is that of a server with an address. */
export function isRemotePlace(locator: object): locator is RemotePlace {
  return "address" in locator && "authKey" in locator;
}

/**
 * Lets clients in until the listener is closed.
 *
 * @param server The server.
 * @param sockets Where they come from.
 * @param most How many clients there may be at a time; more are refused.
 */
export async function serveSockets(
  server: ManagerServer,
  sockets: SocketServer,
  most: number,
): Promise<void> {
  while (!sockets.closed && sockets.failure === null) {
    let end: SocketEnd;
    try {
      end = sockets.take() ??
        await new Promise<SocketEnd>((resolve, reject) => sockets.add({ resolve, reject }));
    } catch {
      // Somebody did not have the key: that concerns nobody else.
      continue;
    }
    if (server.sessions.size >= most) {
      refuse(end, `The manager serves ${most} clients already: that is its "maxClients"`);
    } else {
      admit(server, end);
    }
  }
}

function admit(server: ManagerServer, end: SocketEnd): void {
  const session = serveClient(server, end, null);
  const deadline: unknown = setTimeout(() => {
    if (!session.isKnown) session.end();
  }, HELLO_DEADLINE);
  (deadline as { unref?(): void }).unref?.();
}

function refuse(end: SocketEnd, reason: string): void {
  const close = (): void => end.close();
  end.send(MessageKind.value, [Answer.refused, 0, reason], "message").then(close, close);
}

setDialer((server, locator) => {
  if (locator instanceof Mailbox) return dialMailbox(server, locator);
  if (isRemotePlace(locator)) return dialRemote(server, locator);
  throw new TypeError("A proxy arrived that does not say where its server is");
});
