/**
 * The queues that this process has created, for those who watch them.
 *
 * @module
 */

import { LiveSet } from "../support/live_set.ts";
import type { QueueCore } from "./core.ts";

/** The queues of this process; the object over each is its `owner`. */
export const liveQueues: LiveSet<QueueCore> = new LiveSet();
