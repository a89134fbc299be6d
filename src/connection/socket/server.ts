/**
 * Listening for connections, and letting in who has the key.
 *
 * Each connection is made known when it may be used. Those that fail to prove that they have the key are told to whoever
 * waits at that moment, and to nobody else; none of them keeps others waiting.
 *
 * @module
 */

import { KeepAlive } from "../../event_loop/keep_alive.ts";
import type { AddressInfo, Server, Socket } from "node:net";
import { removeAtEnd, removeNow } from "../../files/end_files.ts";
import { createProgramFolder, sweepOnce } from "../../files/program_folder.ts";
import { reasonOf } from "../../files/told.ts";
import { ProcessError } from "../../errors.ts";
import { Deque } from "../../support/deque.ts";
import { type Address, addressText } from "./address.ts";
import { authenticate, LONGEST_GREETING } from "./handshake.ts";
import { SocketEnd } from "./socket_end.ts";
import { removeStaleSocket, socketRemover } from "./stale_socket.ts";
import type { TlsOptions } from "./tls.ts";

/** How many connections may be proving at the same time; more are refused. */
const MOST_PROVING = 256;
/** How long (ms) the other side may take to agree upon encryption. */
const TLS_DEADLINE = 10_000;

/** Somebody who waits for a connection. */
export interface Accepter {
  resolve(end: SocketEnd): void;
  reject(reason: unknown): void;
}

/** The listening side. */
export class SocketServer {
  /** Resolves to where it listens. */
  readonly address: Promise<Address>;
  readonly #tls: TlsOptions | null;
  readonly #authKey: Uint8Array | null;
  readonly #backlog: number;
  readonly #proving = new Set<Socket>();
  readonly #ready = new Deque<SocketEnd>();
  readonly #accepters = new Deque<Accepter>();
  #server: Server | null = null;
  /** The path of its socket, if it has one. */
  #path: string | null = null;
  #folder: string | null = null;
  #failure: Error | null = null;
  #closed = false;
  readonly #keepAlive = new KeepAlive();

  /**
   * @param address Where to listen; `null`: at a path that nobody else can reach.
   * @param authKey The key; `null`: everybody is let in.
   * @param backlog How many connections may wait to be accepted.
   * @param tls How they are encrypted; `null`: not at all.
   */
  constructor(
    address: Address | null,
    authKey: Uint8Array | null,
    backlog: number,
    tls: TlsOptions | null = null,
  ) {
    this.#tls = tls;
    this.#authKey = authKey;
    this.#backlog = backlog;
    sweepOnce();
    this.address = this.#listen(address);
    this.address.catch((error) => this.#fail(error));
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Why there will be no connections; `null` while there may be. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** The next connection; `null` when nobody waits to be accepted. */
  take(): SocketEnd | null {
    for (let end = this.#ready.shift(); end !== undefined; end = this.#ready.shift()) {
      if (end.failure === null) return end;
    }
    return null;
  }

  /** Waits for a connection. */
  add(accepter: Accepter): void {
    this.#accepters.push(accepter);
    this.#update();
  }

  /** Waits for a connection no more. */
  remove(accepter: Accepter): void {
    this.#accepters.remove(accepter);
    this.#update();
  }

  /** Listens no more. Connections that were accepted stay. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#fail(new ProcessError("The listener is closed"));
    this.#server?.close();
    for (const socket of this.#proving) socket.destroy();
    for (let end = this.#ready.shift(); end !== undefined; end = this.#ready.shift()) end.close();
    this.#remove();
  }

  async #listen(wanted: Address | null): Promise<Address> {
    const create = await this.#creator();
    if (this.#closed) throw this.#failure;
    const address = wanted ?? this.#createPath();
    let server = this.#server = create((socket) => void this.#admit(socket));
    try {
      await this.#open(server, address).catch(async (error) => {
        const isTaken = typeof address === "string" && error.code === "EADDRINUSE";
        if (!isTaken || !await removeStaleSocket(address)) throw error;
        if (this.#closed) throw this.#failure;
        server = this.#server = create((socket) => void this.#admit(socket));
        await this.#open(server, address);
      });
    } catch (cause) {
      this.#removeFolder();
      const { code, message } = cause as Error & { code?: string };
      const reason = typeof address === "string" ? reasonOf(code, address) : null;
      const why = [code ?? message, ...reason === null ? [] : [reason]].join(": ");
      throw new ProcessError(`Cannot listen on ${addressText(address)}: ${why}`, { cause });
    }
    server.on("error", () => {});
    if (typeof address === "string") {
      removeAtEnd(this.#path = address, socketRemover(address));
    }
    if (!this.#closed) return this.#found(server, address);
    server.close();
    this.#remove();
    throw this.#failure;
  }

  #open(server: Server, address: Address): Promise<void> {
    server.unref();
    return new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.once("listening", resolve);
      if (typeof address === "string") server.listen(address, this.#backlog);
      else server.listen(address.port, address.host, this.#backlog);
    });
  }

  async #creator(): Promise<(onSocket: (socket: Socket) => void) => Server> {
    const tls = this.#tls;
    if (tls === null) return (await import("node:net")).createServer;
    const { createServer } = await import("node:tls");
    return (onSocket) =>
      createServer({ ...tls as object, handshakeTimeout: TLS_DEADLINE }, onSocket);
  }

  #found(server: Server, address: Address): Address {
    if (typeof address === "string") return address;
    return { host: address.host, port: (server.address() as AddressInfo).port };
  }

  #createPath(): string {
    this.#folder = createProgramFolder();
    return `${this.#folder}/listener`;
  }

  async #admit(socket: Socket): Promise<void> {
    if (this.#closed || this.#proving.size >= MOST_PROVING || this.#ready.length >= this.#backlog) {
      return void socket.destroy();
    }
    const end = new SocketEnd(socket, LONGEST_GREETING);
    if (this.#authKey === null) {
      end.greeted();
      return this.#offer(end);
    }
    this.#proving.add(socket);
    try {
      await authenticate(end, this.#authKey, "listener");
    } catch (error) {
      if (!this.#closed) this.#accepters.shift()?.reject(error);
      return this.#update();
    } finally {
      this.#proving.delete(socket);
    }
    if (this.#closed) end.close();
    else this.#offer(end);
  }

  #offer(end: SocketEnd): void {
    const accepter = this.#accepters.shift();
    if (accepter === undefined) this.#ready.push(end);
    else accepter.resolve(end);
    this.#update();
  }

  #fail(reason: Error): void {
    this.#failure ??= reason;
    while (this.#accepters.length > 0) this.#accepters.shift()!.reject(this.#failure);
    this.#update();
  }

  #remove(): void {
    const path = this.#path;
    this.#path = null;
    if (path !== null) removeNow(path);
    this.#removeFolder();
  }

  #removeFolder(): void {
    if (this.#folder !== null) removeNow(this.#folder);
    this.#folder = null;
  }

  #update(): void {
    this.#keepAlive.set(this.#accepters.length > 0);
  }
}
