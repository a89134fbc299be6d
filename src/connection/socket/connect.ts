/**
 * Connecting to a listener.
 *
 * @module
 */

import type { Socket } from "node:net";
import { ProcessError } from "../../errors.ts";
import { sweepOnce } from "../../files/program_folder.ts";
import { within } from "../../support/limit.ts";
import { shortageIn } from "../../support/shortage.ts";
import type { WaitOptions } from "../../support/options.ts";
import { type Address, addressText } from "./address.ts";
import { authenticate, LONGEST_GREETING } from "./handshake.ts";
import { SocketEnd } from "./socket_end.ts";
import type { TlsOptions } from "./tls.ts";

/** How the system says that more wait to be accepted already than the listener wants. */
const QUEUE_IS_FULL = "EAGAIN";
/** The longest pause (ms) until that is tried again. */
const LONGEST_PAUSE = 100;

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
  const stop = new AbortController();
  const connected = establish({ address, tls, stop: stop.signal }, authKey);
  try {
    return await within(connected, options, `${addressText(address)} to answer`);
  } catch (error) {
    connected.catch(() => {});
    stop.abort(error);
    throw error;
  }
}

/** Whom to connect to, until nobody waits for it any more. */
interface Target {
  readonly address: Address;
  readonly tls: TlsOptions | null;
  readonly stop: AbortSignal;
}

async function establish(target: Target, authKey: Uint8Array | null): Promise<SocketEnd> {
  const end = await reach(target);
  if (authKey === null) end.greeted();
  else await authenticate(end, authKey, "client");
  return end;
}

/** Connects as soon as there is room: a listener that stands still takes nobody from its queue for a while. */
async function reach(target: Target): Promise<SocketEnd> {
  const { address, stop } = target;
  for (let pause = 1;; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    try {
      return await open(target);
    } catch (cause) {
      stop.throwIfAborted();
      const { code, message } = cause as Error & { code?: string };
      if (code !== QUEUE_IS_FULL) {
        const reason = shortageIn(cause) ?? `nobody listens there (${code ?? message})`;
        throw new ProcessError(`Cannot connect to ${addressText(address)}: ${reason}`, { cause });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    stop.throwIfAborted();
  }
}

async function open({ address, tls, stop }: Target): Promise<SocketEnd> {
  const place = typeof address === "string" ? { path: address } : { ...address };
  const socket: Socket = tls === null
    ? (await import("node:net")).createConnection(place)
    : (await import("node:tls")).connect({ ...tls as object, ...place });
  stop.addEventListener("abort", () => socket.destroy());
  if (stop.aborted) socket.destroy();
  return new Promise<SocketEnd>((resolve, reject) => {
    socket.once("error", reject);
    socket.once(tls === null ? "connect" : "secureConnect", () => {
      socket.off("error", reject);
      resolve(new SocketEnd(socket, LONGEST_GREETING));
    });
  });
}
