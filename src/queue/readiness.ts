/**
 * How `wait()` waits for a queue: it is ready when there is an item, or when it was shut down.
 *
 * @module
 */

import { nextTurn } from "../event_loop/turns.ts";
import type { Monitor } from "../parties/monitor.ts";
import type { Readiness } from "../parties/waitable.ts";
import type { SharedQueue } from "../sync/shared_queue.ts";

/**
 * The readiness of a queue.
 *
 * @param queue The queue.
 * @param watches The waits of its watchers.
 * @param check Throws where the queue can never be waited for.
 */
export function queueReadiness(
  queue: SharedQueue,
  watches: Monitor,
  check: () => void,
): Readiness {
  const follow = async (onChange: () => void, signal: AbortSignal): Promise<void> => {
    try {
      for (;; await nextTurn(undefined)) {
        await watches.wait(() => queue.isReady, { signal });
        if (signal.aborted) return;
        onChange();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };
  return {
    ready() {
      check();
      watches.reapKnown();
      return queue.isReady;
    },
    watch(onChange) {
      const stop = new AbortController();
      void follow(onChange, stop.signal);
      return () => stop.abort();
    },
  };
}
