/**
 * What there is in the servers of the managers: they are asked once a second while somebody looks, and never waited for.
 *
 * @module
 */

import { addressText } from "../../connection/socket/address.ts";
import { EOFError } from "../../errors.ts";
import { liveManagers, type WatchedManager } from "../../manager/live_managers.ts";
import type { ManagerStats } from "../../manager/manager_stats.ts";
import type { ManagerView } from "./views.ts";

/** How many managers are listed. */
const MOST = 50;
/** How long (ms) a server may take to answer until that is said. */
const PATIENCE = 2_000;

interface Known {
  state: ManagerView["state"];
  stats: ManagerStats | null;
  /** Since when (ms) an answer is awaited; `null` while none is. */
  askedAt: number | null;
}

/** The managers of this process. */
export class ManagerWatch {
  readonly #known = new WeakMap<WatchedManager, Known>();

  /** Asks all servers. */
  ask(now: number): void {
    for (const [, manager] of liveManagers) {
      const known = this.#of(manager);
      if (known.askedAt !== null || known.state === "ended") continue;
      known.askedAt = now;
      void this.#askOne(manager, known);
    }
  }

  /** How they are. */
  view(now: number): ManagerView[] {
    return [...liveManagers].slice(0, MOST).map(([number, manager]) => {
      const { state, stats, askedAt } = this.#of(manager);
      const isLate = state === "serving" && askedAt !== null && now - askedAt > PATIENCE;
      const isThere = state === "serving" && stats !== null;
      return {
        number,
        name: manager.constructor.name,
        pid: manager.pid,
        address: manager.address === null ? null : addressText(manager.address),
        state: isLate ? "no answer" : state,
        objects: isThere ? stats.objects : null,
        clients: isThere ? stats.clients : null,
        types: isThere ? stats.types : {},
      };
    });
  }

  #of(manager: WatchedManager): Known {
    let known = this.#known.get(manager);
    if (known === undefined) {
      known = { state: "not started", stats: null, askedAt: null };
      this.#known.set(manager, known);
    }
    return known;
  }

  async #askOne(manager: WatchedManager, known: Known): Promise<void> {
    try {
      known.stats = await manager.stats();
      known.state = "serving";
    } catch (error) {
      if (error instanceof EOFError) known.state = "ended";
    } finally {
      known.askedAt = null;
    }
  }
}
