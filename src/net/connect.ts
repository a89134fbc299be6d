/**
 * Connecting to a listener.
 *
 * @module
 */

import type { Socket } from "node:net";
import { ProcessError } from "../errors.ts";
import { type WaitOptions, within } from "../internal/options.ts";
import { type Address, addressText } from "./address.ts";
import { authenticate, LONGEST_GREETING } from "./handshake.ts";
import { SocketEnd } from "./socket_end.ts";

/**
 * Connects, and proves to each other that both sides have the key.
 *
 * @param address Where the listener is.
 * @param authKey The key; `null`: nothing is proved.
 * @param options The longest wait (ms), and a signal.
 * @returns The connection.
 * @throws {ProcessError} when nobody listens there.
 * @throws {AuthenticationError} when the keys differ.
 */
export async function connect(
  address: Address,
  authKey: Uint8Array | null,
  options: WaitOptions | undefined,
): Promise<SocketEnd> {
  options?.signal?.throwIfAborted();
  const { createConnection } = await import("node:net");
  const socket = typeof address === "string"
    ? createConnection(address)
    : createConnection(address.port, address.host);
  const connected = establish(socket, address, authKey);
  try {
    return await within(connected, options, `${addressText(address)} to answer`);
  } catch (error) {
    connected.catch(() => {});
    socket.destroy();
    throw error;
  }
}

async function establish(
  socket: Socket,
  address: Address,
  authKey: Uint8Array | null,
): Promise<SocketEnd> {
  const end = await new Promise<SocketEnd>((resolve, reject) => {
    const refuse = (cause: Error): void => {
      const reason = (cause as { code?: string }).code ?? cause.message;
      const message = `Cannot connect to ${addressText(address)}: nobody listens there (${reason})`;
      reject(new ProcessError(message, { cause }));
    };
    socket.once("error", refuse);
    socket.once("connect", () => {
      socket.off("error", refuse);
      resolve(new SocketEnd(socket, LONGEST_GREETING));
    });
  });
  if (authKey === null) end.greeted();
  else await authenticate(end, authKey, "client");
  return end;
}
