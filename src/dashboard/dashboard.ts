/**
 * A page that shows what this program's pools, queues and managers are doing.
 *
 * @module
 */

import { addressText } from "../connection/socket/address.ts";
import { checkDashboardOptions, type DashboardOptions } from "./dashboard_options.ts";
import { Recorder } from "./data/recorder.ts";
import { programFacts } from "./data/snapshot.ts";
import { createToken } from "./http/access.ts";
import { HttpServer } from "./http/server.ts";
import { answer } from "./routes.ts";
import { Updates } from "./updates.ts";

/** A dashboard that is served. */
export interface Dashboard extends AsyncDisposable {
  /** The page's address, with the token in it: who has it may look, and, with `control`, act. */
  readonly url: string;
  /** The port. */
  readonly port: number;
  /** Ends it: closes all pages' connections, and watches nothing any more. May be called again. */
  close(): Promise<void>;
}

class ServedDashboard implements Dashboard {
  readonly url: string;
  readonly port: number;
  readonly #end: () => Promise<void>;
  #ended: Promise<void> | null = null;

  constructor(host: string, port: number, token: string, end: () => Promise<void>) {
    this.port = port;
    this.url = `http://${addressText({ host: reachable(host), port })}/${token}/`;
    this.#end = end;
  }

  close(): Promise<void> {
    return this.#ended ??= this.#end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Serves a page that shows what this program is doing: its pools with their workers, tasks, maps and errors, its queues and
 * managers. Python has no such thing.
 *
 * - It watches from this call on, and what this process has created: not what its children create.
 * - The page asks for nothing from anywhere else, and needs no network but this machine's own.
 * - Only who has the address with its token gets an answer, and only this machine can reach it, unless `host` says otherwise.
 * - It does not keep the program alive: neither the server nor an open page.
 *
 * @param options Where it is served, and what the page may do.
 * @returns The dashboard, which ends with its scope.
 * @throws {TypeError} when an option is of the wrong type, or there is none of the name.
 * @throws {RangeError} when a port or a token cannot be used.
 * @throws {ProcessError} when it cannot listen there.
 * @throws the signal's reason when it was aborted already.
 *
 * @example Look at a pool
 * ```ts
 * import { Pool } from "@allcores/multiprocessing";
 * import { serveDashboard } from "@allcores/multiprocessing/dashboard";
 *
 * if (import.meta.main) {
 *   await using page = await serveDashboard({ port: 0 });
 *   await using pool = new Pool(2);
 *   console.log(page.url.startsWith("http://127.0.0.1:")); // true
 *   console.log(await pool.map((x: number) => x * x, [1, 2, 3])); // [ 1, 4, 9 ]
 * }
 * ```
 */
export async function serveDashboard(options?: DashboardOptions): Promise<Dashboard> {
  checkDashboardOptions(options);
  const { port: wanted = 0, host = "127.0.0.1", control = false, token = createToken(), signal } =
    options ?? {};
  signal?.throwIfAborted();
  const recorder = new Recorder(await import("node:diagnostics_channel"));
  const updates = new Updates(recorder, programFacts(control));
  const parts = { host, token, mayControl: control, recorder, updates };
  const server = new HttpServer((request, socket) => answer(parts, request, socket));
  const end = async (): Promise<void> => {
    signal?.removeEventListener("abort", close);
    recorder.stop();
    updates.close();
    await server.close();
  };
  const close = (): void => void dashboard.close();
  let port: number;
  try {
    port = await server.listen(host, wanted);
    signal?.throwIfAborted();
  } catch (error) {
    await end();
    throw error;
  }
  const dashboard = new ServedDashboard(host, port, token, end);
  signal?.addEventListener("abort", close, { once: true });
  return dashboard;
}

/** What a browser on this machine calls an address that stands for all of them. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}
