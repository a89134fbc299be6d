/**
 * Doorbells by `Bun.listen` and `Bun.connect`.
 *
 * @module
 */

import { nodeProcess } from "../node/globals.ts";
import type { BellHost, Listener, Wire } from "../bells.ts";
import { bun, type BunSocket } from "./globals.ts";

const RING: Uint8Array = new Uint8Array(1);

/** {@linkcode BellHost} over Unix sockets. */
export class BunBells implements BellHost {
  get abstractNames(): boolean {
    return nodeProcess().platform === "linux";
  }

  listen(name: string, onRing: () => void): Listener {
    const listener = bun().listen({
      unix: name,
      socket: { open: (socket) => socket.unref(), data: onRing, close: () => {} },
    });
    listener.unref();
    return { close: () => listener.stop(true) };
  }

  connect(name: string, onEnd: () => void): Wire {
    return new BunWire(name, onEnd);
  }
}

/** A line that is being connected: rings wait until it is. */
class BunWire implements Wire {
  #socket: BunSocket | null = null;
  #rings = 0;
  #ended = false;
  #unsent: (() => void)[] = [];
  #onEnd: (() => void) | null;

  constructor(name: string, onEnd: () => void) {
    this.#onEnd = onEnd;
    bun().connect({
      unix: name,
      socket: {
        open: (socket) => this.#open(socket),
        data: () => {},
        close: () => this.#end(),
        // May be called before the constructor returns, when nobody knows of this line yet.
        connectError: () => queueMicrotask(() => this.#end()),
      },
    }).catch(() => this.#end());
  }

  ring(): void {
    if (this.#socket === null) this.#rings++;
    else this.#socket.write(RING);
  }

  sent(): Promise<void> {
    if (this.#socket !== null || this.#rings === 0 || this.#ended) return Promise.resolve();
    return new Promise((resolve) => this.#unsent.push(resolve));
  }

  close(): void {
    this.#onEnd = null;
    this.#socket?.end();
  }

  #open(socket: BunSocket): void {
    socket.unref();
    this.#socket = socket;
    if (this.#rings > 0) socket.write(RING);
    this.#settleSent();
    if (this.#onEnd === null) socket.end();
  }

  #end(): void {
    this.#ended = true;
    this.#settleSent();
    const onEnd = this.#onEnd;
    this.#onEnd = null;
    onEnd?.();
  }

  #settleSent(): void {
    for (const resolve of this.#unsent.splice(0)) resolve();
  }
}
