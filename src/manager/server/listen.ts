/**
 * A server that listens at an address.
 *
 * @module
 */

import { SocketServer } from "../../connection/socket/server.ts";
import type { Network } from "./network.ts";
import { serveSockets } from "./remote.ts";
import type { ManagerServer } from "./server.ts";

const BACKLOG = 128;

/**
 * Lets clients of other programs in.
 *
 * @param server The server.
 * @param network Where, and whom.
 * @returns What they come by; its address is known by now.
 * @throws {ProcessError} (rejects with it) when it cannot listen there.
 */
export async function listen(server: ManagerServer, network: Network): Promise<SocketServer> {
  const { address, authKey, tls, maxClients } = network;
  const sockets = new SocketServer(address, authKey, BACKLOG, tls);
  const { place } = server;
  place.address = await sockets.address;
  if (place.program === null) place.locator = { address: place.address, authKey, tls };
  void serveSockets(server, sockets, maxClients);
  return sockets;
}
