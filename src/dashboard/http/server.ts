/**
 * A server of HTTP for a page that its own user looks at.
 *
 * It stands on `node:net`, not on `node:http`: with that, a page that is open keeps a program on Bun from ending. Nothing here
 * does: neither the server nor its connections hold the event loop.
 *
 * A connection has some seconds to say what it wants, gets one answer, and is closed; one that becomes a stream of events is
 * handed on.
 *
 * @module
 */

import type { AddressInfo, Server, Socket } from "node:net";
import { ProcessError } from "../../errors.ts";
import { unrefTimer } from "../../event_loop/timers.ts";
import { type Request, RequestReader } from "./request.ts";
import { type Response, responseBytes } from "./response.ts";

/** How many connections there may be; more are closed at once. */
const MOST_CONNECTIONS = 64;
/** How long (ms) a request may take to arrive, and an answer to be fetched. */
const DEADLINE = 5_000;

/** What is done with a request. */
export interface Handler {
  /**
   * Answers a request.
   *
   * @param request The request.
   * @param socket Its connection, for what goes on.
   * @returns The answer; `null` where the connection has been taken over.
   */
  (request: Request, socket: Socket): Response | null | Promise<Response | null>;
}

/** The server. */
export class HttpServer {
  readonly #handle: Handler;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;

  /** @param handle What is done with requests. */
  constructor(handle: Handler) {
    this.#handle = handle;
  }

  /**
   * Begins to listen.
   *
   * @param host The address.
   * @param port The port; 0: one that is free.
   * @returns The port.
   * @throws {ProcessError} when it cannot listen there.
   */
  async listen(host: string, port: number): Promise<number> {
    const { createServer } = await import("node:net");
    const server = createServer((socket) => this.#admit(socket));
    server.unref();
    try {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, host, resolve);
      });
    } catch (cause) {
      const { code, message } = cause as Error & { code?: string };
      const why = code === "EADDRINUSE"
        ? `another program listens there already: choose another "port", or 0 for any`
        : message;
      throw new ProcessError(`The dashboard cannot listen on ${host}, port ${port}: ${why}`, {
        cause,
      });
    }
    server.on("error", () => {});
    this.#server = server;
    return (server.address() as AddressInfo).port;
  }

  /** Listens no more, and ends all connections; resolves when the port is free. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #admit(socket: Socket): void {
    // Whoever goes away is not missed: what is written to it then is lost.
    socket.on("error", () => {});
    socket.unref();
    if (this.#server === null || this.#sockets.size >= MOST_CONNECTIONS) {
      return void socket.destroy();
    }
    this.#sockets.add(socket);
    const deadline = unrefTimer(setTimeout(() => socket.destroy(), DEADLINE));
    socket.once("close", () => {
      clearTimeout(deadline);
      this.#sockets.delete(socket);
    });
    const reader = new RequestReader();
    const onData = (piece: Uint8Array): void => {
      const request = reader.take(piece);
      if (request === null) return;
      socket.off("data", onData);
      if (typeof request === "number") return void socket.end(responseBytes({ status: request }));
      void this.#answer(request, socket).then((isOver) => isOver || clearTimeout(deadline));
    };
    socket.on("data", onData);
  }

  /** Answers a request. Returns whether that was all. */
  async #answer(request: Request, socket: Socket): Promise<boolean> {
    const response = await this.#handle(request, socket);
    if (response === null) return false;
    socket.end(responseBytes(response, request.method === "HEAD"));
    // What else the other side says is not read, but has to be taken, or its end is not seen.
    socket.resume();
    return true;
  }
}
