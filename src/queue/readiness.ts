/**
 * How `wait()` waits for a queue: it is ready when there is an item, or when it was shut down.
 *
 * @module
 */

import { nextTurn } from "../event_loop/turns.ts";
import type { Monitor } from "../parties/monitor.ts";
import type { Readiness } from "../parties/waitable.ts";

/**
 * The readiness of a queue.
 *
 * @param isReady Whether there is an item here, or the queue was shut down.
 * @param watches The waits of its watchers.
 * @param check Throws where the queue can never be waited for.
 */
export function queueReadiness(
  isReady: () => boolean,
  watches: Monitor,
  check: () => void,
): Readiness {
  const follow = async (onChange: () => void, signal: AbortSignal): Promise<void> => {
    try {
      for (;; await nextTurn(undefined)) {
        await watches.wait(isReady, { signal });
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
      return isReady();
    },
    watch(onChange) {
      const stop = new AbortController();
      void follow(onChange, stop.signal);
      return () => stop.abort();
    },
  };
}
