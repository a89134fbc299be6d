/**
 * The modules of the classes of handles by their numbers, so that a child loads what arrives there and no more.
 *
 * @module
 */

import { VIEW_KIND } from "../messages/handles.ts";

/**
 * Proxies are not among them: one is counted at its server whenever it is decoded, so a message with a proxy is not to be
 * decoded again because of what follows it.
 */
const modules: ReadonlyMap<number, () => Promise<unknown>> = new Map<
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

/**
 * Loads a class of handles.
 *
 * @param kind Its number; `null`, or one that is not in the table, for all classes.
 */
export async function loadHandleKind(kind: number | null): Promise<void> {
  const load = kind === null ? undefined : modules.get(kind);
  await (load ?? loadAll)();
}

async function loadViews(): Promise<void> {
  const { registerSharedViews } = await import("../messages/shared_views.ts");
  registerSharedViews();
}

function loadAll(): Promise<unknown> {
  return import("./handle_kinds.ts");
}
