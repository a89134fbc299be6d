/**
 * A manager's server in the process of its user.
 *
 * @module
 */

import { ProcessError } from "../errors.ts";
import type { ManagerServer } from "./server/server.ts";
import type { Address } from "../connection/socket/address.ts";
import type { SocketServer } from "../connection/socket/server.ts";
import { assemble, Parts } from "../messages/parts.ts";
import type { Network } from "./server/network.ts";
import type { ServerTypes } from "./server_work.ts";

interface ServerParts {
  /** Where it listens. */
  readonly network: Network;
  /** What it makes. */
  readonly types: ServerTypes;
}

/**
 * A manager's server in this very process. Python's `managers.Server`.
 *
 * `getServer()` gives it. It serves from `serveForever()` on, until `stop()`, the end of its scope or of the process.
 *
 * @example
 * ```ts
 * import { SyncManager } from "@allcores/multiprocessing";
 *
 * const authKey = crypto.getRandomValues(new Uint8Array(32));
 * const address = { host: "127.0.0.1", port: 0 };
 * const server = new SyncManager({ address, authKey }).getServer();
 * const served = server.serveForever();
 * {
 *   await using client = new SyncManager({ address: await server.address, authKey });
 *   await client.connect();
 *   const list = await client.list([1, 2]);
 *   console.log(await list.length()); // 2
 * }
 * server.stop();
 * await served;
 * ```
 */
export class Server implements Disposable {
  readonly #network: Network;
  readonly #types: ServerTypes;
  #server: ManagerServer | null = null;
  #sockets: SocketServer | null = null;
  #state: "initial" | "serving" | "stopped" = "initial";
  #found!: (address: Address) => void;
  #failed!: (error: unknown) => void;
  /** Where it is reached; resolves when it listens, and rejects when it cannot. */
  readonly address: Promise<Address>;

  /**
   * `getServer()` of a manager creates servers.
   *
   * @throws {TypeError} always, where a user calls it.
   */
  private constructor(parts?: Parts<ServerParts>) {
    if (!(parts instanceof Parts)) throw new TypeError("getServer() of a manager creates servers");
    const { network, types } = parts.content;
    this.#network = network;
    this.#types = types;
    this.address = new Promise((resolve, reject) => {
      this.#found = resolve;
      this.#failed = reject;
    });
    this.address.catch(() => {});
  }

  /**
   * Serves until it is stopped. Python's `serve_forever`.
   *
   * @returns Resolves when it was stopped; Python's ends the process then.
   * @throws {ProcessError} when it serves or was stopped, or cannot listen at its address.
   */
  async serveForever(): Promise<void> {
    if (this.#state !== "initial") throw new ProcessError("This server serves, or was stopped");
    this.#state = "serving";
    try {
      const { createOwnServer, listen } = await import("./own_serving.ts");
      this.#server = await createOwnServer(this.#network, this.#types);
      this.#sockets = await listen(this.#server, this.#network);
      this.#found(this.#server.place.address!);
    } catch (error) {
      this.#state = "stopped";
      this.#server?.stop();
      this.#failed(error);
      throw error;
    }
    if ((this.#state as string) === "stopped") this.stop();
    await this.#server.stopped;
  }

  /** Stops it: its clients' calls reject with an `EOFError`. May be called again. */
  stop(): void {
    this.#state = "stopped";
    this.#sockets?.close();
    this.#server?.stop();
    this.#failed(new ProcessError("The server was stopped"));
  }

  /** Stops it. */
  [Symbol.dispose](): void {
    this.stop();
  }
}

/**
 * Creates a server; it does not serve yet.
 *
 * @param network Where it listens.
 * @param types What it makes.
 * @returns The server.
 */
export function createServer(network: Network, types: ServerTypes): Server {
  const parts: ServerParts = { network, types };
  return assemble(Server, parts);
}
