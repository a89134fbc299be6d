/**
 * Doorbells between processes: each listens on one socket; a ring is a byte on it.
 *
 * A connection is made by whoever wants to ring or to watch, and is kept; the end of its stream is the end of the
 * other process, however it came about.
 *
 * @module
 */

import type { BellHost, Listener, Wire } from "../runtime/bells.ts";
import type { Bell } from "./waker.ts";

/** A connection to another party, with those who want to know of its end. */
interface Line {
  readonly wire: Wire;
  readonly watchers: (() => void)[];
}

/** {@linkcode Bell} over sockets. */
export class SocketBell implements Bell {
  readonly #host: BellHost;
  readonly #nameOf: (party: number) => string;
  readonly #listener: Listener;
  readonly #lines = new Map<number, Line>();

  /**
   * @param host The runtime's sockets.
   * @param self The party that hears this bell.
   * @param nameOf Gives the name of a party's socket.
   * @param onRing Called for a ring.
   */
  constructor(
    host: BellHost,
    self: number,
    nameOf: (party: number) => string,
    onRing: () => void,
  ) {
    this.#host = host;
    this.#nameOf = nameOf;
    this.#listener = host.listen(nameOf(self), onRing);
  }

  ring(party: number): void {
    this.#line(party).wire.ring();
  }

  sent(party: number): Promise<void> {
    return this.#lines.get(party)?.wire.sent() ?? Promise.resolve();
  }

  listen(): void {
    // A socket always hears.
  }

  watch(party: number, onEnd: () => void): void {
    this.#line(party).watchers.push(onEnd);
  }

  close(): void {
    this.#listener.close();
    for (const { wire } of this.#lines.values()) wire.close();
    this.#lines.clear();
  }

  #line(party: number): Line {
    const known = this.#lines.get(party);
    if (known !== undefined) return known;
    const watchers: (() => void)[] = [];
    const onEnd = () => {
      this.#lines.delete(party);
      for (const watcher of watchers) watcher();
    };
    const line = { wire: this.#host.connect(this.#nameOf(party), onEnd), watchers };
    this.#lines.set(party, line);
    return line;
  }
}
