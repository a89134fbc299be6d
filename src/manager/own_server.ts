/**
 * A manager's server in the process of its user.
 *
 * @module
 */

import { ProcessError } from "../errors.ts";
import { ManagerServer, type ServerPlace } from "./server/server.ts";
import type { ServedType } from "./served/served_type.ts";
import type { Address } from "../connection/socket/address.ts";
import type { SocketServer } from "../connection/socket/server.ts";
import { processName } from "../identity/self.ts";
import { assemble, Parts } from "../messages/parts.ts";
import { runtime } from "../runtime/current.ts";
import { listen, type Network } from "./server/network.ts";
import { localType, type Registration } from "./registry.ts";
import { addTypes } from "./server_program.ts";

/** What a server makes. */
export interface ServerTypes {
  /** Whether the types of this library. */
  readonly isSync: boolean;
  /** What else. */
  readonly types: readonly Registration[];
}

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
  readonly #server: ManagerServer;
  readonly #table = new Map<string, ServedType>();
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
    const place: ServerPlace = {
      name: crypto.randomUUID(),
      locator: this.#network,
      program: null,
      address: null,
      where: `${processName()} (pid ${runtime.pid})`,
    };
    this.#server = new ManagerServer(place, this.#table);
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
      const { isSync, types } = this.#types;
      addTypes(this.#table, isSync, await Promise.all(types.map(localType)));
      this.#sockets = await listen(this.#server, this.#network);
      this.#found(this.#server.place.address!);
    } catch (error) {
      this.#state = "stopped";
      this.#server.stop();
      this.#failed(error);
      throw error;
    }
    if ((this.#state as string) === "stopped") this.#sockets.close();
    await this.#server.stopped;
  }

  /** Stops it: its clients' calls reject with an `EOFError`. May be called again. */
  stop(): void {
    this.#state = "stopped";
    this.#sockets?.close();
    this.#server.stop();
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
