/**
 * Managers: live objects in a server of their own, which any process can use.
 *
 * Long because the documentation of public classes stands in their file.
 *
 * @module
 */

import { boundTo } from "../start_method/bound_class.ts";
import {
  type AnyClass,
  type AnyFunction,
  checkCallable,
  namesFunction,
  packFunction,
} from "../callable/mod.ts";
import type { Callable } from "../callable/callable.ts";
import { programOf } from "../parties/program.ts";
import { EOFError, ProcessError } from "../errors.ts";
import { describeExit } from "../process/exit_status.ts";
import { checkCount, checkOptions, show, type WaitOptions, within } from "../support/options.ts";
import { dialMailbox, type ManagerClient } from "./wire/client.ts";
import { addLink } from "./wire/link.ts";
import { Mailbox } from "./wire/mailbox.ts";
import { dialRemote } from "./server/remote.ts";
import type { Address } from "../connection/socket/address.ts";
import type { BaseProxy } from "./wire/proxy.ts";
import type { IteratorProxy } from "./proxies/iterator_proxy.ts";
import type { RuntimeName, StartMethod } from "../runtime/types.ts";
import { callingModules } from "../process/calling_modules.ts";
import {
  checkRegistration,
  describeType,
  type RegisterOptions,
  type Registration,
} from "./registry.ts";
import { serveManager, type ServerWork } from "./server_program.ts";
import { checkKey, checkNetwork, type Network, type NetworkOptions } from "./server/network.ts";
import { Server } from "./own_server.ts";
import { checkRuntime } from "../process/executables.ts";
import { Process } from "../process/process.ts";
import { getStartMethod } from "../start_method/start_method.ts";

/** How a manager runs. */
export interface ManagerOptions extends NetworkOptions {
  /** The runtime that the server runs on (processes only). @default that of this process */
  runtime?: RuntimeName;
  /** How long (ms) `shutdown()` waits for each way to end the server. @default {1000} */
  shutdownTimeout?: number;
}

/** How a manager's server begins. */
export interface ManagerStartOptions {
  /** Called in the server before anything else. */
  initializer?: Callable;
  /** Its arguments. */
  initArgs?: unknown[];
}

/** How many objects and clients a server has. */
export interface ManagerStats {
  /** Objects that some proxy stands for. */
  readonly objects: number;
  /** Processes that are connected. */
  readonly clients: number;
}

/** What a call from afar gives: what the method gives, and for an iterator its proxy. */
export type RemoteResult<R> = [Awaited<R>] extends [never] ? never
  // deno-lint-ignore no-explicit-any
  : Awaited<R> extends Iterator<infer T, any, any> | AsyncIterator<infer T, any, any>
    ? IteratorProxy<T>
  : Awaited<R>;

/** The proxy of an object: each of its public methods returns a promise. */
export type Proxied<T> =
  & BaseProxy
  & {
    [
      Name in keyof T as T[Name] extends AnyFunction
        ? Name extends `_${string}` | "then" | keyof BaseProxy ? never
        : Name extends string ? Name
        : never
        : never
    ]: T[Name] extends (...args: infer Args) => infer R
      ? (...args: Args) => Promise<RemoteResult<R>>
      : never;
  };

/** What a manager's method makes of a registered class or function. */
export type Create<F> = F extends abstract new (...args: infer Args) => infer T
  ? (...args: Args) => Promise<Proxied<T>>
  : F extends (...args: infer Args) => infer T ? (...args: Args) => Promise<Proxied<Awaited<T>>>
  // deno-lint-ignore no-explicit-any
  : (...args: any[]) => Promise<BaseProxy>;

/** The class of a manager, with one more method: see {@linkcode BaseManager.register}. */
export type Registered<C, Name extends string, F> =
  & (C extends new (options?: ManagerOptions) => infer M
    ? new (options?: ManagerOptions) => M & Record<Name, Create<F>>
    : never)
  & Pick<C, keyof C>;

/** What each class has registered itself. */
const registrations = new WeakMap<object, Map<string, Registration>>();

/** How long (ms) the server's process may take to end after its connections have: then nobody waits to hear how it ends. */
const END_GRACE = 1_000;

/** How long (ms) the server has to open after its process has started. */
const OPEN_DEADLINE = 10_000;

const MANAGER_OPTIONS = ["address", "authKey", "tls", "maxClients", "runtime", "shutdownTimeout"];
const START_OPTIONS = ["initializer", "initArgs"];

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

  /** Whether its server makes the types of this library, too: see {@linkcode SyncManager}. */
  static readonly makesSyncTypes: boolean = false;

  readonly #method: StartMethod;
  readonly #options: ManagerOptions;
  readonly #timeout: number;
  readonly #network: Network | null;
  #state: "initial" | "starting" | "started" | "connected" | "ended" = "initial";
  #address: Address | null = null;
  #process: Process | null = null;
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
    checkOptions("A manager", options, MANAGER_OPTIONS, "{ shutdownTimeout: 1000 }");
    if (options.runtime !== undefined) checkRuntime(options.runtime);
    this.#options = { ...options };
    this.#network = checkNetwork(options);
    this.#address = this.#network?.address ?? null;
    this.#timeout = checkCount("shutdownTimeout", options.shutdownTimeout ?? 1_000, 0);
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
    let own = registrations.get(constructor);
    if (own === undefined) registrations.set(constructor, own = new Map());
    own.set(name, registration);
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
   * @param options What it does first; a function alone is the initializer.
   * @returns Resolves when it serves.
   * @throws {ProcessError} when it was started before, or it cannot listen at its address.
   * @throws {TypeError} when other machines could connect without a key, or an option is of the wrong type.
   * @throws what the initializer throws.
   * @throws {FreeVariableError} when a registered function uses outer variables.
   */
  async start(options: ManagerStartOptions | Callable<[]> = {}): Promise<void> {
    if (this.#state !== "initial") throw new ProcessError("Cannot start a manager twice");
    const given = namesFunction(options) ? { initializer: options } : options;
    checkOptions("start()", given, START_OPTIONS, "{ initializer, initArgs: [1] }");
    checkCallable("initializer", given.initializer);
    if (given.initArgs !== undefined && !Array.isArray(given.initArgs)) {
      throw new TypeError(`"initArgs" must be an array, got ${show(given.initArgs)}`);
    }
    if (this.#network !== null) checkKey(this.#network);
    this.#state = "starting";
    const callSite = callingModules();
    try {
      await this.#start(given, callSite);
      this.#state = "started";
    } catch (error) {
      await this.#end();
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
      const { name } = await this.#greet(client) as { name: string };
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
    const { makesSyncTypes } = this.constructor as typeof BaseManager;
    return new Server(this.#network, { isSync: makesSyncTypes, types: registrationsOf(this) });
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
    const { objects, clients } = await this.#connected().inspect() as ManagerStats;
    return { objects, clients };
  }

  /** The process id of the server; `null` when it was not started here. */
  get pid(): number | null {
    return this.#process?.pid ?? null;
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
    await this.#end();
  }

  /**
   * Waits for the end of the server's process.
   *
   * @param options The longest wait (ms), and a signal.
   * @returns Its exit code; `null` when it still runs after the time.
   * @throws {ProcessError} when it was not started.
   */
  async join(options?: WaitOptions): Promise<number | null> {
    if (this.#process === null) {
      throw new ProcessError("Cannot join a manager that was not started");
    }
    return await this.#process.join(options);
  }

  /** Ends the server, if it was started here; if it was connected to, the connection, and with it all of its proxies here. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === "started") await this.shutdown();
    if (this.#state !== "connected") return;
    this.#state = "ended";
    this.#client!.abandon(new EOFError("The connection to the manager was closed here"));
  }

  /** The first call: the server answers when it is ready. */
  async #greet(client: ManagerClient): Promise<unknown> {
    return await within(client.inspect(), { timeout: OPEN_DEADLINE }, "the manager to answer");
  }

  async #start(
    { initializer, initArgs = [] }: ManagerStartOptions,
    callSite: readonly string[],
  ): Promise<void> {
    const mailbox = Mailbox.create(programOf(this.#method));
    const name = crypto.randomUUID();
    const work: ServerWork = {
      name,
      mailbox,
      isSync: (this.constructor as typeof BaseManager).makesSyncTypes,
      types: await Promise.all(
        registrationsOf(this).map((registration) => describeType(registration, callSite)),
      ),
      initializer: initializer === undefined
        ? null
        : await packFunction(initializer, "initializer", () => callSite),
      initArgs: [...initArgs],
      network: this.#network,
    };
    this.#process = createProcess(this.#method, this.constructor.name, this.#options, work);
    await this.#process.start();
    this.#client = dialMailbox(name, mailbox);
    addLink(this.#client);
    this.#client.addUser();
    this.#client.explainEnd = () => this.#explainEnd(this.#process!);
    this.#address = await this.#open(this.#process, this.#client);
  }

  /** Waits until the server answers, or its process has ended. Gives its address. */
  async #open(process: Process, client: ManagerClient): Promise<Address | null> {
    const opened = new AbortController();
    process.join({ signal: opened.signal }).then(
      (exitCode) => client.abandon(endError(this.#process!, exitCode, " before it served")),
      () => {},
    );
    try {
      return (await this.#greet(client) as { address: Address | null }).address;
    } finally {
      opened.abort();
    }
  }

  /** How the server has ended, to whose connections that has happened already. */
  async #explainEnd(process: Process): Promise<Error> {
    if (this.#state === "ended") return shutDownError();
    const exitCode = await process.join({ timeout: END_GRACE });
    return (this.#state as string) === "ended" ? shutDownError() : endError(process, exitCode);
  }

  async #end(): Promise<void> {
    const process = this.#process;
    this.#client?.stop();
    if (process === null || process.ident === null) return;
    const limit = { timeout: this.#timeout };
    if (await process.join(limit) === null) process.terminate();
    if (await process.join(limit) === null) process.kill();
    await process.join();
    this.#client?.abandon(shutDownError());
  }

  #connected(): ManagerClient {
    if (this.#client !== null && this.#state !== "initial") return this.#client;
    throw new ProcessError("The manager was not started: await start() first");
  }
}

function shutDownError(): EOFError {
  return new EOFError("The manager was shut down");
}

function endError({ name, pid }: Process, exitCode: number | null, when: string = ""): EOFError {
  const how = exitCode === null
    ? "has closed its connections"
    : `ended by ${describeExit(exitCode)}`;
  return new EOFError(`The manager's server ${name} (pid ${pid}) ${how}${when}`);
}

function registrationsOf(manager: BaseManager): Registration[] {
  const found = new Map<string, Registration>();
  for (let next = manager.constructor; next !== null; next = Object.getPrototypeOf(next)) {
    for (const [name, registration] of registrations.get(next) ?? []) {
      if (!found.has(name)) found.set(name, registration);
    }
  }
  return [...found.values()];
}

function createProcess(
  method: StartMethod,
  name: string,
  { runtime }: ManagerOptions,
  work: ServerWork,
): Process {
  const Server = boundTo(Process<[ServerWork]>, method, name);
  return new Server({ target: serveManager, args: [work], daemon: true, runtime });
}
