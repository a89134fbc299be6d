/**
 * A manager that programs on other machines connect to. It hands out work and takes results; its
 * clients are `work_client.ts`, as many as one likes. Both sides prove that they know the key.
 *
 * Run: `node examples/work_server.ts [HOST PORT]`, `bun examples/work_server.ts [HOST PORT]`,
 * `deno run -A examples/work_server.ts [HOST PORT]`; then the client elsewhere. Ctrl+C ends it.
 */

import process from "node:process";
import { BaseManager, type HostAddress, type ManagerOptions } from "@allcores/multiprocessing";

/** Clients see the public methods only. */
export class Work {
  readonly #numbers = [600851475143, 999985999949, 123456789012, 999999999989];

  /** The next number to factorize; `null` when there is none. */
  take(): number | null {
    return this.#numbers.shift() ?? null;
  }

  finish(number: number, factors: number[]): void {
    console.log(number, "=", factors.join(" × "));
  }
}

const work = new Work();

/** Each client gets the same object: the function runs in the server only. */
export const WorkManager = BaseManager.extend().register("work", () => work);

/** Where it is, and the key: from the command line and the environment. */
export function readPlace(): ManagerOptions {
  const [host = "127.0.0.1", port = "50000"] = process.argv.slice(2);
  const authKey = new TextEncoder().encode(process.env.WORK_KEY ?? "known to both");
  return { address: { host, port: Number(port) }, authKey };
}

if (import.meta.main) {
  const place = readPlace();
  const server = new WorkManager(place).getServer();
  const served = server.serveForever();
  const { host, port } = await server.address as HostAddress;
  console.log("serving at", host, port);
  await served;
}

// Prints, while one client does the work:
// serving at 127.0.0.1 50000
// 600851475143 = 71 × 839 × 1471 × 6857
// 999985999949 = 999983 × 1000003
// 123456789012 = 2 × 2 × 3 × 10288065751
// 999999999989 = 999999999989
