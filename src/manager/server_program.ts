/**
 * What the process of a manager does.
 *
 * @module
 */

import { unpackFunction } from "../callable/mod.ts";
import { becomeChild, importUserModule, processName, self } from "../identity/self.ts";
import { ManagerServer, type ServerPlace } from "./server/server.ts";
import type { ServedType } from "./served/served_type.ts";
import { ITERATOR } from "./served/iterator.ts";
import { serveClient } from "./server/session.ts";
import type { SocketServer } from "../connection/socket/server.ts";
import { runtime } from "../runtime/current.ts";
import { listen } from "./server/listen.ts";
import { knowProxies } from "./all_proxies.ts";
import { loadType } from "./registry.ts";
import type { ServerWork } from "./server_work.ts";
import { endPools, syncTypes } from "./types.ts";

/**
 * Serves until it is stopped.
 *
 * @param work What it is started with.
 */
export async function serve(work: ServerWork): Promise<void> {
  const { mailbox } = work;
  const { program } = mailbox;
  // It ends with its creator as a daemon does; the pools that it makes are its children all the same.
  becomeChild({ ...self()!, daemon: false });
  const where = `${processName()} (pid ${runtime.pid})`;
  const place: ServerPlace = { name: work.name, locator: mailbox, program, where, address: null };
  const types = new Map<string, ServedType>();
  const server = new ManagerServer(place, types);
  let sockets: SocketServer | null = null;
  try {
    addTypes(types, work.isSync, []);
    addTypes(types, false, await Promise.all(work.types.map(loadType)));
    if (work.initializer !== null) {
      await (await unpackFunction(work.initializer, importUserModule))(...work.initArgs);
    }
    sockets = work.network && await listen(server, work.network);
  } catch (error) {
    server.fail(error);
  }
  mailbox.open((transport) => serveClient(server, transport, program));
  await server.stopped;
  mailbox.close();
  sockets?.close();
  await endPools();
  await program.waker.sent(program.creator);
  runtime.lifecycle.exit(0);
}

/**
 * Fills the table of what a server can make.
 *
 * @param types The table.
 * @param isSync Whether it makes the types of this library.
 * @param registered What else it makes.
 */
export function addTypes(
  types: Map<string, ServedType>,
  isSync: boolean,
  registered: readonly ServedType[],
): void {
  // What the server is given may hold proxies of any of its types.
  knowProxies();
  types.set(ITERATOR.name, ITERATOR);
  for (const type of isSync ? syncTypes : []) types.set(type.name, type);
  for (const type of registered) types.set(type.name, type);
}
