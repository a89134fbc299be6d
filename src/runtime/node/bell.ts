/**
 * Doorbells by `node:net`.
 *
 * @module
 */

import type { BellHost, Listener, Wire } from "../bells.ts";
import { builtin, nodeProcess } from "./globals.ts";

type Net = typeof import("node:net");

const RING: Uint8Array = new Uint8Array(1);
/** Writing nothing calls back when everything before it is written. */
const NOTHING: Uint8Array = new Uint8Array(0);

/** {@linkcode BellHost} over Unix sockets. */
export class NodeBells implements BellHost {
  get abstractNames(): boolean {
    if (nodeProcess().platform !== "linux") return false;
    // Node 20's libuv cuts a name at its first zero byte.
    return Number(builtin<NodeJSProcessVersions>("node:process").version.slice(1).split(".")[0]) >=
      22;
  }

  listen(name: string, onRing: () => void, onFail: () => void): Listener {
    const server = builtin<Net>("node:net").createServer((socket) => {
      socket.on("data", onRing);
      // A peer that is killed resets its connection, which is no news: whoever watches it asks the system.
      socket.on("error", () => socket.destroy());
      socket.unref();
    });
    server.on("error", onFail);
    server.listen(name);
    server.unref();
    return { close: () => void server.close() };
  }

  connect(name: string, onEnd: () => void): Wire {
    const socket = builtin<Net>("node:net").connect(name);
    socket.on("error", () => {});
    socket.on("end", () => socket.destroy());
    socket.once("close", onEnd);
    socket.resume();
    socket.unref();
    return {
      ring: () => void socket.write(RING),
      sent: () => new Promise((resolve) => socket.write(NOTHING, () => resolve())),
      close: () => {
        socket.off("close", onEnd);
        socket.destroy();
      },
    };
  }
}

/** The part of `node:process` that is used here. */
interface NodeJSProcessVersions {
  readonly version: string;
}
