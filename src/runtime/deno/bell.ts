/**
 * Doorbells by `Deno.listen` and `Deno.connect`.
 *
 * @module
 */

import type { BellHost, Listener, Wire } from "../bells.ts";
import { unrefTimer } from "../../event_loop/timers.ts";
import { deno, type DenoConn } from "./globals.ts";

const RING: Uint8Array = new Uint8Array(1);
/** How long (ms) no connection is taken after one could not be. */
const ACCEPT_PAUSE = 10;
/** Rings that came in together are heard as one. */
const RINGS_AT_ONCE = 64;

/** {@linkcode BellHost} over Unix sockets. */
export class DenoBells implements BellHost {
  get abstractNames(): boolean {
    return deno().build.os === "linux";
  }

  listen(name: string, onRing: () => void): Listener {
    const listener = deno().listen({ transport: "unix", path: name });
    listener.unref();
    let isOpen = true;
    const accept = async (): Promise<void> => {
      while (isOpen) {
        try {
          void hear(await listener.accept(), onRing);
        } catch {
          // It is closed, or there is no descriptor left at this moment.
          await new Promise<void>((resolve) => unrefTimer(setTimeout(resolve, ACCEPT_PAUSE)));
        }
      }
    };
    void accept();
    return {
      close: () => {
        isOpen = false;
        listener.close();
      },
    };
  }

  connect(name: string, onEnd: () => void): Wire {
    return new DenoWire(name, onEnd);
  }
}

async function hear(conn: DenoConn, onRing: () => void): Promise<void> {
  conn.unref();
  const rings = new Uint8Array(RINGS_AT_ONCE);
  try {
    while (await conn.read(rings) !== null) onRing();
  } catch {
    // A peer that is killed resets its connection.
  }
  conn.close();
}

/** A line that is being connected: rings wait until it is. */
class DenoWire implements Wire {
  #conn: DenoConn | null = null;
  #rings = 0;
  #closed = false;
  /** Resolves when what was rung so far is written; at first, when the line is connected. */
  #written: Promise<unknown>;

  constructor(name: string, onEnd: () => void) {
    const connecting = deno().connect({ transport: "unix", path: name });
    const connected = connecting.then((conn) => this.#open(conn));
    this.#written = connected.catch(() => {});
    connected.then(() => this.#conn?.read(new Uint8Array(1))).catch(() => {}).finally(() => {
      if (!this.#closed) onEnd();
      this.close();
    });
  }

  ring(): void {
    if (this.#conn === null) this.#rings++;
    else this.#written = this.#conn.write(RING).catch(() => {});
  }

  async sent(): Promise<void> {
    if (this.#conn === null && this.#rings === 0) return;
    // Connecting writes, too.
    await this.#written;
    await this.#written;
  }

  close(): void {
    this.#closed = true;
    try {
      this.#conn?.close();
    } catch {
      // The other side was faster.
    }
    this.#conn = null;
  }

  #open(conn: DenoConn): void {
    conn.unref();
    if (this.#closed) return conn.close();
    this.#conn = conn;
    if (this.#rings > 0) this.ring();
  }
}
