/**
 * Events that the server sends to one page, for as long as the page is open.
 *
 * A page that does not read gets nothing more until it has read what there is, so that one event at most waits in this process;
 * one that has read nothing for too long is closed.
 *
 * @module
 */

import type { Socket } from "node:net";
import { streamHead } from "./response.ts";

/** How long (ms) a page may read nothing. */
const PATIENCE = 15_000;

/** The way to one page. */
export class EventStream {
  readonly #socket: Socket;
  /** Since when (ms) what was sent has not been read; `null` when all of it has. */
  #stuckSince: number | null = null;

  /**
   * Begins.
   *
   * @param socket The connection.
   * @param onEnd Called when the page is gone.
   */
  constructor(socket: Socket, onEnd: () => void) {
    this.#socket = socket;
    socket.once("close", onEnd);
    // What a page says here is nothing; its end has to be seen.
    socket.on("data", () => {});
    socket.setNoDelay(true);
    // How long a browser waits before it comes again.
    this.#write(`${streamHead()}retry: 1000\n\n`);
  }

  /** Whether the page has read what was sent. One that has not for too long is closed. */
  isReady(now: number): boolean {
    if (this.#stuckSince === null) return true;
    if (now - this.#stuckSince > PATIENCE) this.close();
    return false;
  }

  /**
   * Sends an event.
   *
   * @param name Its name.
   * @param data A text without line breaks.
   */
  send(name: string, data: string): void {
    this.#write(`event: ${name}\ndata: ${data}\n\n`);
  }

  /** Ends it. */
  close(): void {
    this.#socket.destroy();
  }

  #write(text: string): void {
    if (this.#socket.write(text)) return;
    this.#stuckSince = performance.now();
    this.#socket.once("drain", () => this.#stuckSince = null);
  }
}
