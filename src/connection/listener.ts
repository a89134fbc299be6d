/**
 * Connections by an address: a listener, and those who connect to it.
 *
 * @module
 */

import { limited, timedOut } from "../support/limit.ts";
import { checkCount, checkWaitOptions, show, type WaitOptions } from "../support/options.ts";
import { type Address, checkAddress, checkAuthKey, isLocal } from "./socket/address.ts";
import { connect } from "./socket/connect.ts";
import { type Accepter, SocketServer } from "./socket/server.ts";
import type { SocketEnd } from "./socket/socket_end.ts";
import { type Connection, connectionOver } from "./connection.ts";

/** How a listener is set up. */
export interface ListenerOptions {
  /** The path of a Unix socket, or a host and a port. @default a path that only this user can reach */
  address?: Address;
  /** The key that both sides must have. Without one everybody is let in who can reach the address. */
  authKey?: Uint8Array;
  /** How many connections may wait to be accepted; more are refused. @default 128 */
  backlog?: number;
}

/** How to connect. */
export interface ClientOptions extends WaitOptions {
  /** The key of the listener. */
  authKey?: Uint8Array;
}

const BACKLOG = 128;
const AWAITED = "somebody to connect";

/**
 * Listens for connections of other programs, or of other processes of this one. Python's `Listener`.
 *
 * - With a key both sides prove that they have it, by HMAC-SHA-256 and without telling it. Who does not prove it within 10 s, or
 *   says anything else, is refused; `accept()` rejects with an `AuthenticationError` then, and the listener goes on. Others
 *   do not wait for it.
 * - Without a key it listens on a path or on this machine's own addresses only. What goes over the wire is not encrypted.
 * - Its connections carry values and bytes as those of pipes do, but no handles, which stand for memory of this program; and they
 *   stay in their process.
 * - A Unix socket's file is removed by `close()` and at the end of the process.
 *
 * Differences from Python: `address` is a promise, since a free port is found meanwhile; keys are proved in the background, so
 * one who is silent holds nobody up.
 *
 * @example
 * ```ts
 * import { Client, Listener } from "@allcores/multiprocessing";
 *
 * const authKey = crypto.getRandomValues(new Uint8Array(32));
 * using listener = new Listener({ authKey });
 * const accepted = listener.accept();
 * using there = await Client(await listener.address, { authKey });
 * using here = await accepted;
 * await there.send("hello");
 * console.log(await here.recv()); // hello
 * ```
 */
export class Listener implements Disposable {
  /**
   * Resolves to where it listens, with the port filled in; rejects with a `ProcessError` when it cannot listen there, and without
   * a given address with a `NotSupportedError` when there is no folder for its path.
   */
  readonly address: Promise<Address>;
  readonly #server: SocketServer;

  /**
   * Begins to listen.
   *
   * @param options Where, and for whom.
   * @throws {TypeError} when an option is of the wrong type, or other machines could connect without a key.
   * @throws {RangeError} when `port` or `backlog` is no such number.
   */
  constructor(options: ListenerOptions = {}) {
    if (typeof options !== "object" || options === null) {
      throw new TypeError(`Expected options like { authKey: key }, got ${show(options)}`);
    }
    const { backlog = BACKLOG } = options;
    const address = options.address === undefined ? null : checkAddress(options.address);
    const authKey = checkAuthKey(options.authKey);
    checkCount("backlog", backlog, 1);
    if (address !== null && authKey === null && !isLocal(address)) {
      throw new TypeError(
        `Other machines could connect to ${show((address as { host: string }).host)}: ` +
          'give an "authKey", or listen on 127.0.0.1',
      );
    }
    this.#server = new SocketServer(address, authKey, backlog);
    this.address = this.#server.address;
  }

  /**
   * Waits for the next connection. Python's `accept`.
   *
   * @typeParam Send What is sent on it.
   * @typeParam Recv What is received from it.
   * @param options The longest wait (ms), and a signal.
   * @returns The connection.
   * @throws {AuthenticationError} when somebody did not prove to have the key; the listener goes on.
   * @throws {TimeoutError} when the time is over.
   * @throws {ProcessError} when the listener is closed, or cannot listen at its address.
   * @throws the signal's reason when it is aborted.
   */
  async accept<Send = unknown, Recv = Send>(
    options?: WaitOptions,
  ): Promise<Connection<Send, Recv>> {
    checkWaitOptions(options);
    options?.signal?.throwIfAborted();
    return connectionOver(await this.#next(options));
  }

  /** Listens no more. Connections that were accepted stay. May be called again. */
  close(): void {
    this.#server.close();
  }

  /** Listens no more. */
  [Symbol.dispose](): void {
    this.close();
  }

  #next(options: WaitOptions | undefined): Promise<SocketEnd> {
    const server = this.#server;
    if (server.failure !== null) return Promise.reject(server.failure);
    const end = server.take();
    if (end !== null) return Promise.resolve(end);
    if ((options?.timeout ?? 1) <= 0) return Promise.reject(timedOut(options, AWAITED));
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        limit.end();
        server.remove(accepter);
      };
      const fail = (reason: unknown): void => {
        settle();
        reject(reason);
      };
      const accepter: Accepter = {
        resolve: (end) => {
          settle();
          resolve(end);
        },
        reject: fail,
      };
      const limit = limited(options, () => fail(timedOut(options, AWAITED)), fail);
      server.add(accepter);
    });
  }
}

/**
 * Connects to a listener. Python's `Client`.
 *
 * @typeParam Send What is sent on the connection.
 * @typeParam Recv What is received from it.
 * @param address Where the listener is.
 * @param options Its key, the longest wait (ms), and a signal.
 * @returns The connection.
 * @throws {TypeError} when the address or an option is of the wrong type.
 * @throws {RangeError} when `port` is no such number.
 * @throws {ProcessError} when nobody listens there.
 * @throws {AuthenticationError} when the sides have different keys, or the listener does not ask for one. A client without a key
 *   does not know whether it is asked for one: if so, what it sends or receives rejects with this error.
 * @throws {TimeoutError} when the time is over.
 * @throws the signal's reason when it is aborted.
 *
 * @example Nobody is there
 * ```ts
 * import { Client, ProcessError } from "@allcores/multiprocessing";
 *
 * try {
 *   await Client("/nowhere/at/all");
 * } catch (error) {
 *   console.log(error instanceof ProcessError); // true
 * }
 * ```
 */
export async function Client<Send = unknown, Recv = Send>(
  address: Address,
  options?: ClientOptions,
): Promise<Connection<Send, Recv>> {
  checkWaitOptions(options);
  const place = checkAddress(address);
  const authKey = checkAuthKey(options?.authKey);
  return connectionOver(await connect(place, authKey, options));
}
