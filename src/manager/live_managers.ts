/**
 * The managers that this process has created, for those who watch them.
 *
 * @module
 */

import type { Address } from "../connection/socket/address.ts";
import { LiveSet } from "../support/live_set.ts";
import type { ManagerStats } from "./manager_stats.ts";

/** A manager, as those see it who watch it; its class has its name. */
export interface WatchedManager {
  /** The process id of its server; `null` when it was not started here. */
  readonly pid: number | null;
  /** Where other programs reach it; `null` where they do not. */
  readonly address: Address | null;
  /** How many objects and clients it has; rejects when it is not connected. */
  stats(): Promise<ManagerStats>;
}

/** The managers of this process, whether they were started or not. */
export const liveManagers: LiveSet<WatchedManager> = new LiveSet();
