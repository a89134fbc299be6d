/**
 * The server of a manager in the process of its user: what is loaded when it begins to serve.
 *
 * @module
 */

import { processName } from "../identity/self.ts";
import { runtime } from "../runtime/current.ts";
import { localType } from "./registry.ts";
import type { ServedType } from "./served/served_type.ts";
import type { Network } from "./server/network.ts";
import { ManagerServer } from "./server/server.ts";
import { addTypes } from "./server_program.ts";
import type { ServerTypes } from "./server_work.ts";

export { listen } from "./server/listen.ts";

/**
 * Creates a server.
 *
 * @param network Where it is going to listen.
 * @param types What it makes.
 * @returns The server.
 * @throws what the module of a type throws.
 */
export async function createOwnServer(
  network: Network,
  { isSync, types }: ServerTypes,
): Promise<ManagerServer> {
  const table = new Map<string, ServedType>();
  const where = `${processName()} (pid ${runtime.pid})`;
  const place = {
    name: crypto.randomUUID(),
    locator: network,
    program: null,
    address: null,
    where,
  };
  const server = new ManagerServer(place, table);
  addTypes(table, isSync, await Promise.all(types.map(localType)));
  return server;
}
