/**
 * Doorbells by `Deno.listen` and `Deno.connect`.
 *
 * @module
 */

import type { BellHost, Listener, Wire } from "../types.ts";
import { deno, type DenoConn } from "./globals.ts";

const RING: Uint8Array = new Uint8Array(1);
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
    const accept = async () => {
      for (;;) void hear(await listener.accept(), onRing);
    };
    // Rejects when the listener is closed.
    accept().catch(() => {});
    return { close: () => listener.close() };
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

  constructor(name: string, onEnd: () => void) {
    this.#follow(name).catch(() => {}).finally(() => {
      if (!this.#closed) onEnd();
      this.close();
    });
  }

  ring(): void {
    if (this.#conn === null) this.#rings++;
    else this.#conn.write(RING).catch(() => {});
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

  /** Connects, and resolves at the end of the stream. */
  async #follow(name: string): Promise<void> {
    const conn = await deno().connect({ transport: "unix", path: name });
    conn.unref();
    if (this.#closed) return conn.close();
    this.#conn = conn;
    if (this.#rings > 0) this.ring();
    await conn.read(new Uint8Array(1));
  }
}
