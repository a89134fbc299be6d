/**
 * The modules of the classes of handles by their numbers, so that a child loads what arrives there and no more.
 *
 * @module
 */

import { VIEW_KIND } from "../domain/handles.ts";

/**
 * Proxies are not among them: one is counted at its server whenever it is decoded, so a message with a proxy is not to be
 * decoded again because of what follows it.
 */
const modules: ReadonlyMap<number, () => Promise<unknown>> = new Map<
  number,
  () => Promise<unknown>
>([
  [16, () => import("./sync/lock.ts")],
  [17, () => import("./sync/lock.ts")],
  [18, () => import("./sync/semaphore.ts")],
  [19, () => import("./sync/semaphore.ts")],
  [20, () => import("./sync/event.ts")],
  [21, () => import("./sync/condition.ts")],
  [22, () => import("./sync/barrier.ts")],
  [24, () => import("./connection/connection.ts")],
  [VIEW_KIND, loadViews],
  [33, () => import("./shared/array.ts")],
  [34, () => import("./shared/value.ts")],
  [35, () => import("./shared/memory.ts")],
  [36, () => import("./shared/shareable_list.ts")],
  [48, () => import("./queue/queue.ts")],
  [49, () => import("./queue/joinable_queue.ts")],
  [50, () => import("./queue/simple_queue.ts")],
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
  const { registerSharedViews } = await import("../domain/shared_views.ts");
  registerSharedViews();
}

function loadAll(): Promise<unknown> {
  return import("./handle_kinds.ts");
}
