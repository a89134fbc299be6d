/**
 * The clients of a server that come from other programs.
 *
 * @module
 */

import type { SocketEnd } from "../../connection/socket/socket_end.ts";
import type { SocketServer } from "../../connection/socket/server.ts";
import { MessageKind } from "../../connection/transport.ts";
import type { ManagerServer } from "./server.ts";
import { Answer } from "../wire/protocol.ts";
import { serveClient } from "./session.ts";

/** How long (ms) a client may take to say who it is. */
const HELLO_DEADLINE = 10_000;

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
