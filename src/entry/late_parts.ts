/**
 * The parts of a child, each loaded when it is first needed: what arrives there, and no more.
 *
 * @module
 */

import { VIEW_KIND } from "../messages/handles.ts";
import type { Parts } from "./parts.ts";

/**
 * The modules of the classes of handles by their numbers.
 *
 * Proxies are not among them: one is counted at its server whenever it is decoded, so a message with a proxy is not to be
 * decoded again because of what follows it.
 */
const handles: ReadonlyMap<number, () => Promise<unknown>> = new Map<
  number,
  () => Promise<unknown>
>([
  [16, () => import("../locks/lock.ts")],
  [17, () => import("../locks/lock.ts")],
  [18, () => import("../locks/semaphore.ts")],
  [19, () => import("../locks/semaphore.ts")],
  [20, () => import("../locks/event.ts")],
  [21, () => import("../locks/condition.ts")],
  [22, () => import("../locks/barrier.ts")],
  [24, () => import("../connection/connection.ts")],
  [VIEW_KIND, loadViews],
  [33, () => import("../shared/array.ts")],
  [34, () => import("../shared/value.ts")],
  [35, () => import("../shared/memory.ts")],
  [36, () => import("../shared/shareable_list.ts")],
  [48, () => import("../queue/queue.ts")],
  [49, () => import("../queue/joinable_queue.ts")],
  [50, () => import("../queue/simple_queue.ts")],
]);

/** {@linkcode Parts} as the sources have them. */
export const lateParts: Parts = {
  process: async () => (await import("../process/process_main.ts")).prepareProcess,
  worker: async () => (await import("../pool/worker/pool_loop.ts")).prepareWorker,
  handle: async (kind) => {
    const load = kind === null ? undefined : handles.get(kind);
    await (load ?? loadAll)();
  },
};

async function loadViews(): Promise<void> {
  const { registerSharedViews } = await import("../messages/shared_views.ts");
  registerSharedViews();
}

/** A number that is not in the table is a proxy's. */
async function loadAll(): Promise<unknown> {
  return (await import("./handle_classes.ts")).knowHandles();
}
