/**
 * The process of a manager's server, as the manager that started it sees it: from its start to its end.
 *
 * @module
 */

import { EOFError } from "../errors.ts";
import { programOf } from "../parties/program.ts";
import { describeExit } from "../process/exit_status.ts";
import { Process } from "../process/process.ts";
import type { RuntimeName, StartMethod } from "../runtime/types.ts";
import type { Address } from "../connection/socket/address.ts";
import { boundTo } from "../start_method/bound_class.ts";
import { within } from "../support/limit.ts";
import type { WaitOptions } from "../support/options.ts";
import { serverPrograms } from "./serve_manager.ts";
import type { ServerWork } from "./server_work.ts";
import { dialMailbox, type ManagerClient } from "./wire/client.ts";
import { addLink } from "./wire/link.ts";
import { Mailbox } from "./wire/mailbox.ts";

/** How long (ms) the server's process may take to end after its connections have: then nobody waits to hear how it ends. */
const END_GRACE = 1_000;

/** How long (ms) the server has to open after its process has started. */
const OPEN_DEADLINE = 10_000;

/** Where a server runs, and what it does there. */
export interface ServerProcessPlan {
  readonly method: StartMethod;
  /** What the process is called. */
  readonly name: string;
  readonly runtime: RuntimeName | undefined;
  readonly work: Omit<ServerWork, "name" | "mailbox">;
}

/** The first call of a client: the server answers when it is ready, and says where it is. */
export async function greet(client: ManagerClient): Promise<unknown> {
  return await within(client.inspect(), { timeout: OPEN_DEADLINE }, "the manager to answer");
}

/** A server's process. */
export class ServerProcess {
  /** The way to the server. */
  readonly client: ManagerClient;
  readonly #process: Process;
  #isEnding = false;

  /** @param plan Where it runs, and what it does. */
  constructor({ method, name, runtime, work }: ServerProcessPlan) {
    const mailbox = Mailbox.create(programOf(method));
    const server = crypto.randomUUID();
    const Server = boundTo(Process<[ServerWork]>, method, name);
    const args: [ServerWork] = [{ ...work, name: server, mailbox }];
    this.#process = new Server({
      target: serverPrograms.serveManager,
      args,
      daemon: true,
      runtime,
    });
    this.client = dialMailbox(server, mailbox);
    this.client.explainEnd = () => this.#explainEnd();
  }

  /** The process id; `null` until it has started. */
  get pid(): number | null {
    return this.#process.pid;
  }

  /** Waits for its end: see `Process.join`. */
  join(options?: WaitOptions): Promise<number | null> {
    return this.#process.join(options);
  }

  /**
   * Starts it.
   *
   * @returns Where it is reached, when it serves; `null` by this program only.
   */
  async start(): Promise<Address | null> {
    const { client } = this;
    await this.#process.start();
    await this.#process.ready();
    addLink(client);
    client.addUser();
    const opened = new AbortController();
    this.join({ signal: opened.signal }).then(
      (exitCode) => client.abandon(this.#endError(exitCode, " before it served")),
      () => {},
    );
    try {
      return (await greet(client) as { address: Address | null }).address;
    } finally {
      opened.abort();
    }
  }

  /**
   * Ends it: asks it, then terminates it, then kills it.
   *
   * @param grace How long (ms) each of that may take.
   */
  async end(grace: number): Promise<void> {
    const process = this.#process;
    if (process.ident === null) return;
    this.#isEnding = true;
    this.client.stop();
    const limit = { timeout: grace };
    if (await process.join(limit) === null) process.terminate();
    if (await process.join(limit) === null) process.kill();
    await process.join();
    this.client.abandon(shutDownError());
  }

  /** How it has ended, to whose connections that has happened already. */
  async #explainEnd(): Promise<Error> {
    if (this.#isEnding) return shutDownError();
    const exitCode = await this.join({ timeout: END_GRACE });
    return (this.#isEnding as boolean) ? shutDownError() : this.#endError(exitCode);
  }

  #endError(exitCode: number | null, when: string = ""): EOFError {
    const { name, pid } = this.#process;
    const how = exitCode === null
      ? "has closed its connections"
      : `ended by ${describeExit(exitCode)}`;
    return new EOFError(`The manager's server ${name} (pid ${pid}) ${how}${when}`);
  }
}

function shutDownError(): EOFError {
  return new EOFError("The manager was shut down");
}
