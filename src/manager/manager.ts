/**
 * Managers: live objects in a server of their own, which any process can use.
 *
 * Long because the documentation of public classes stands in their file.
 *
 * @module
 */

import { type AnyClass, type Callable, packFunction } from "../callable/mod.ts";
import { EOFError, ProcessError } from "../errors.ts";
import type { WaitOptions } from "../support/options.ts";
import type { ManagerClient } from "./wire/client.ts";
import { dialRemote } from "./wire/remote.ts";
import type { Address } from "../connection/socket/address.ts";
import type { BaseProxy } from "./wire/proxy.ts";
import type { StartMethod } from "../runtime/types.ts";
import { callingModules } from "../process/calling_modules.ts";
import {
  checkManagerOptions,
  checkStartOptions,
  type ManagerOptions,
  type ManagerStartOptions,
  type ManagerStartOptionsFor,
} from "./manager_options.ts";
import type { Registered } from "./proxied.ts";
import {
  addRegistration,
  checkRegistration,
  describeType,
  makesSyncTypes,
  type RegisterOptions,
  registrationsOf,
} from "./registry.ts";
import { checkKey, checkNetwork, type Network } from "./server/network.ts";
import { knowProxies } from "./all_proxies.ts";
import { liveManagers } from "./live_managers.ts";
import type { ManagerStats } from "./manager_stats.ts";
import { createServer, type Server } from "./own_server.ts";
import { greet, ServerProcess } from "./server_process.ts";
import { getStartMethod } from "../start_method/start_method.ts";

/**
 * A manager of types of one's own. Python's `BaseManager`.
 *
 * - `register()` says what its server can make; each type becomes a method of the manager, which resolves to a proxy.
 * - The server runs in a process (or thread, by the start method) of its own, from `start()` until `shutdown()`, the end of
 *   the scope, or the end of the process that started it, however that ends.
 * - Only registered types can be made, and only exposed methods be called.
 * - Calls of all clients run at the same time, each begun in the order in which its client made it.
 *
 * Differences from Python: `start()` is awaited; the lock-step of one thread a client is not needed.
 *
 * @example A class that all processes use
 * ```ts
 * import { BaseManager, register } from "@allcores/multiprocessing";
 *
 * export class Counter {
 *   #count = 0;
 *   add(n: number): number {
 *     return this.#count += n;
 *   }
 * }
 * register(import.meta.url, { Counter });
 *
 * const MyManager = BaseManager.extend().register("Counter", Counter);
 *
 * if (import.meta.main) {
 *   await using manager = new MyManager();
 *   await manager.start();
 *   const counter = await manager.Counter();
 *   console.log(await counter.add(2), await counter.add(3)); // 2 5
 * }
 * ```
 */
export class BaseManager implements AsyncDisposable {
  /** The start method that this class is bound to; `null` for the program's default. */
  static readonly startMethod: StartMethod | null = null;

  static {
    // What a manager makes arrives as one.
    knowProxies();
  }

  readonly #method: StartMethod;
  readonly #options: ManagerOptions;
  readonly #timeout: number;
  readonly #network: Network | null;
  #state: "initial" | "starting" | "started" | "connected" | "ended" = "initial";
  #address: Address | null = null;
  /** The server, where it was started here. */
  #server: ServerProcess | null = null;
  #client: ManagerClient | null = null;

  /**
   * Creates a manager; nothing is started.
   *
   * @param options How it runs.
   * @throws {RangeError} when `shutdownTimeout` is no time, or a port or count is none.
   * @throws {TypeError} when another option is of the wrong type, or there is none of the name.
   */
  constructor(options: ManagerOptions = {}) {
    const { startMethod } = new.target as typeof BaseManager;
    this.#method = startMethod ?? getStartMethod();
    this.#timeout = checkManagerOptions(options);
    this.#options = { ...options };
    this.#network = checkNetwork(options);
    this.#address = this.#network?.address ?? null;
    liveManagers.add(this);
  }

  /**
   * A subclass with registrations of its own: for `const MyManager = BaseManager.extend()`.
   *
   * @returns The class.
   */
  static extend<C extends typeof BaseManager>(this: C): C {
    // deno-lint-ignore no-explicit-any
    const extended = class extends (this as any) {};
    Object.defineProperty(extended, "name", { value: this.name });
    return extended as unknown as C;
  }

  /**
   * Registers a type: a method of this name makes an object in the server and resolves to its proxy. Python's `register`.
   *
   * Call it before `start()`. Subclasses have the types of their base; what they register is their own.
   *
   * @param name The name of the type and of the method.
   * @param factory A class, or a function that gives an object; `null`: the method's one argument becomes the object.
   * @param options What is offered of the objects.
   * @returns This class, with the type of the new method.
   * @throws {TypeError} when something is wrong with the arguments.
   */
  static register<C, Name extends string, F extends AnyClass | Callable | null>(
    this: C,
    name: Name,
    factory: F,
    options: RegisterOptions = {},
  ): Registered<C, Name, F> {
    const constructor = this as typeof BaseManager;
    const modules = callingModules();
    const registration = checkRegistration(name, factory, options, modules);
    if (name in BaseManager.prototype) {
      throw new TypeError(`A manager has something called "${name}" already`);
    }
    addRegistration(constructor, registration);
    if (registration.createMethod) {
      Object.defineProperty(constructor.prototype, name, {
        value(this: BaseManager, ...args: unknown[]): Promise<BaseProxy> {
          return this.create(name, ...args);
        },
        configurable: true,
        writable: true,
      });
    }
    return this as unknown as Registered<C, Name, F>;
  }

  /**
   * Starts the server.
   *
   * @typeParam InitArgs The types of the arguments of the initializer.
   * @param options What it does first; a function alone is the initializer.
   * @returns Resolves when it serves.
   * @throws {ProcessError} when it was started before, or it cannot listen at its address.
   * @throws {TypeError} when other machines could connect without a key, or an option is of the wrong type.
   * @throws what the initializer throws.
   * @throws {FreeVariableError} when a registered function uses outer variables.
   */
  async start<InitArgs extends unknown[] = []>(
    options: ManagerStartOptionsFor<InitArgs> | Callable<[]> = {} as never,
  ): Promise<void> {
    if (this.#state !== "initial") throw new ProcessError("Cannot start a manager twice");
    const given = checkStartOptions(options);
    if (this.#network !== null) checkKey(this.#network);
    this.#state = "starting";
    const callSite = callingModules();
    try {
      await this.#start(given, callSite);
      this.#state = "started";
    } catch (error) {
      await this.#server?.end(this.#timeout);
      this.#server = null;
      this.#state = "initial";
      throw error;
    }
  }

  /**
   * Connects to a server that runs already, at this manager's address. Python's `connect`.
   *
   * @returns Resolves when the server has answered.
   * @throws {ProcessError} when it was started or connected before, has no address, or nobody listens there.
   * @throws {AuthenticationError} when the keys differ.
   * @throws {TimeoutError} when nobody answers.
   */
  async connect(): Promise<void> {
    if (this.#state !== "initial") throw new ProcessError("Cannot connect a manager twice");
    const network = this.#network;
    if (network === null) {
      throw new ProcessError('Cannot connect a manager without an address: give it an "address"');
    }
    this.#state = "starting";
    const { address, authKey, tls } = network;
    const client = dialRemote("", { address, authKey, tls });
    client.addUser();
    try {
      const { name } = await greet(client) as { name: string };
      client.introduce(name);
      this.#client = client;
      this.#state = "connected";
    } catch (error) {
      client.abandon(error as Error);
      this.#state = "initial";
      throw error;
    }
  }

  /**
   * A server that runs in this very process. Python's `get_server`.
   *
   * @returns The server, which serves from `serveForever()` on.
   * @throws {ProcessError} when the manager was started or connected, or has no address.
   * @throws {TypeError} when other machines could connect without a key.
   */
  getServer(): Server {
    if (this.#state !== "initial") {
      throw new ProcessError("Cannot get the server of a manager that was started or connected");
    }
    if (this.#network === null) {
      throw new ProcessError('Nobody could reach a server without an address: give an "address"');
    }
    checkKey(this.#network);
    const types = registrationsOf(this.constructor);
    return createServer(this.#network, { isSync: makesSyncTypes(this.constructor), types });
  }

  /** Where other programs reach it: after `start()` with the port that was found. Python's `address`. */
  get address(): Address | null {
    return this.#address;
  }

  /**
   * Makes an object in the server. The methods of the registered types call it.
   *
   * @param type The name of the type.
   * @param args What it is made of.
   * @returns Its proxy.
   * @throws {ProcessError} when the manager was not started.
   * @throws {EOFError} when its server has ended.
   * @throws {RemoteError} when there is no such type.
   */
  create(type: string, ...args: unknown[]): Promise<BaseProxy> {
    try {
      return this.#connected().create(type, args) as Promise<BaseProxy>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** How many objects and clients the server has. Python's `_number_of_objects`. */
  async stats(): Promise<ManagerStats> {
    const { objects, clients, types } = await this.#connected().inspect() as ManagerStats;
    return Object.freeze({ objects, clients, types: Object.freeze(types) });
  }

  /** The process id of the server; `null` when it was not started here. */
  get pid(): number | null {
    return this.#server?.pid ?? null;
  }

  /**
   * Ends the server: asks it, then terminates it, then kills it. May be called again.
   *
   * @throws {ProcessError} when it was not started.
   */
  async shutdown(): Promise<void> {
    if (this.#state !== "started" && this.#state !== "ended") {
      throw new ProcessError("Cannot shut a manager down that was not started");
    }
    this.#state = "ended";
    await this.#server!.end(this.#timeout);
  }

  /**
   * Waits for the end of the server's process.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Its exit code; `null` when it still runs after the time.
   * @throws {ProcessError} when it was not started.
   */
  async join(options?: WaitOptions): Promise<number | null> {
    if (this.#server === null) {
      throw new ProcessError("Cannot join a manager that was not started");
    }
    return await this.#server.join(options);
  }

  /** Ends the server, if it was started here; if it was connected to, the connection, and with it all of its proxies here. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === "started") await this.shutdown();
    if (this.#state !== "connected") return;
    this.#state = "ended";
    this.#client!.abandon(new EOFError("The connection to the manager was closed here"));
  }

  async #start(
    { initializer, initArgs = [] }: ManagerStartOptions,
    callSite: readonly string[],
  ): Promise<void> {
    const types = await Promise.all(
      registrationsOf(this.constructor).map((registration) => describeType(registration, callSite)),
    );
    const packed = initializer === undefined
      ? null
      : await packFunction(initializer, "initializer", () => callSite);
    const isSync = makesSyncTypes(this.constructor);
    this.#server = new ServerProcess({
      method: this.#method,
      name: this.constructor.name,
      runtime: this.#options.runtime,
      work: {
        isSync,
        types,
        initializer: packed,
        initArgs: [...initArgs],
        network: this.#network,
      },
    });
    this.#address = await this.#server.start();
    this.#client = this.#server.client;
  }

  #connected(): ManagerClient {
    if (this.#client !== null && this.#state !== "initial") return this.#client;
    throw new ProcessError("The manager was not started: await start() first");
  }
}
