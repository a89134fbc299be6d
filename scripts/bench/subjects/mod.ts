/**
 * The subjects by their names. Each module is loaded when it is needed, so that none is measured with the others in memory.
 *
 * @module
 */

import type { StartMethod } from "../../../mod.ts";
import type { RuntimeName } from "../../support/runtimes.ts";
import type { Limit, Subject } from "../types.ts";

/** Another library, with what it starts. */
export interface Peer {
  load(): Promise<Subject>;
  /** Where it runs. */
  runtimes: readonly RuntimeName[];
  /** The measurements that it cannot do. */
  not?: readonly string[];
}

const everywhere: readonly RuntimeName[] = ["node", "bun"];

/** The other libraries by their names. Those that are for Node only give no answer on Bun. */
export const peers: Record<string, Peer> = {
  "piscina thread": {
    load: async () => (await import("./piscina.ts")).piscina,
    runtimes: everywhere,
  },
  "tinypool thread": {
    load: async () => (await import("./tinypool.ts")).tinypool("worker_threads"),
    runtimes: everywhere,
  },
  "tinypool process": {
    load: async () => (await import("./tinypool.ts")).tinypool("child_process"),
    runtimes: everywhere,
    // It sends bytes as JSON, which becomes too long.
    not: ["bytes"],
  },
  "workerpool thread": {
    load: async () => (await import("./workerpool.ts")).workerPool("thread"),
    runtimes: ["node"],
  },
  "workerpool process": {
    load: async () => (await import("./workerpool.ts")).workerPool("process"),
    runtimes: ["node"],
  },
  "poolifier thread": {
    load: async () => (await import("./poolifier.ts")).poolifier,
    runtimes: everywhere,
  },
};

/** What the runtimes can do themselves, by the limit and the method. */
const limits: Record<string, () => Promise<Subject>> = {
  "bare thread": async () => (await import("./bare.ts")).bare("thread"),
  "bare process": async () => (await import("./bare.ts")).bare("process"),
  "spin thread": async () => (await import("./spin.ts")).spin,
};

/** The names of the subjects that stand for a limit. */
export function subjectsOf(limit: Limit): string[] {
  return Object.keys(limits).filter((name) => name.startsWith(limit));
}

/**
 * Loads a subject.
 *
 * @param name `process` or `thread` for this library, or the name of another one or of a limit.
 * @param library Where this library is.
 */
export async function loadSubject(name: string, library: string): Promise<Subject> {
  if (name in peers) return await peers[name].load();
  if (name in limits) return await limits[name]();
  return await (await import("./ours.ts")).ours(name as StartMethod, library);
}
