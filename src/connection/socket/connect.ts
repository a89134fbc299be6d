/**
 * Connecting to a listener.
 *
 * @module
 */

import type { Socket } from "node:net";
import { ProcessError } from "../../errors.ts";
import { sweepOnce } from "../../files/program_folder.ts";
import { within } from "../../support/limit.ts";
import type { WaitOptions } from "../../support/options.ts";
import { type Address, addressText } from "./address.ts";
import { authenticate, LONGEST_GREETING } from "./handshake.ts";
import { SocketEnd } from "./socket_end.ts";
import type { TlsOptions } from "./tls.ts";

/**
 * Connects, and proves to each other that both sides have the key.
 *
 * @param address Where the listener is.
 * @param authKey The key; `null`: nothing is proved.
 * @param options The longest wait (ms), and a signal.
 * @param tls How it is encrypted; `null`: not at all.
 * @returns The connection.
 * @throws {ProcessError} when nobody listens there.
 * @throws {AuthenticationError} when the keys differ.
 */
export async function connect(
  address: Address,
  authKey: Uint8Array | null,
  options: WaitOptions | undefined,
  tls: TlsOptions | null = null,
): Promise<SocketEnd> {
  options?.signal?.throwIfAborted();
  sweepOnce();
  const socket = await open(address, tls);
  const connected = establish(socket, address, authKey, tls === null ? "connect" : "secureConnect");
  try {
    return await within(connected, options, `${addressText(address)} to answer`);
  } catch (error) {
    connected.catch(() => {});
    socket.destroy();
    throw error;
  }
}

async function open(address: Address, tls: TlsOptions | null): Promise<Socket> {
  const place = typeof address === "string" ? { path: address } : { ...address };
  if (tls === null) return (await import("node:net")).createConnection(place);
  return (await import("node:tls")).connect({ ...tls as object, ...place });
}

async function establish(
  socket: Socket,
  address: Address,
  authKey: Uint8Array | null,
  opened: "connect" | "secureConnect",
): Promise<SocketEnd> {
  const end = await new Promise<SocketEnd>((resolve, reject) => {
    const refuse = (cause: Error): void => {
      const reason = (cause as { code?: string }).code ?? cause.message;
      const message = `Cannot connect to ${addressText(address)}: nobody listens there (${reason})`;
      reject(new ProcessError(message, { cause }));
    };
    socket.once("error", refuse);
    socket.once(opened, () => {
      socket.off("error", refuse);
      resolve(new SocketEnd(socket, LONGEST_GREETING));
    });
  });
  if (authKey === null) end.greeted();
  else await authenticate(end, authKey, "client");
  return end;
}
