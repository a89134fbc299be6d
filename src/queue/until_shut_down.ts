/**
 * Going through a queue.
 *
 * @module
 */

import { ShutDown } from "../errors.ts";

/**
 * Gives item after item, until the queue says that it was shut down.
 *
 * @param get Gets the next item.
 */
export async function* untilShutDown<T>(
  get: () => Promise<T>,
): AsyncGenerator<T, void, undefined> {
  for (;;) {
    let item: T;
    try {
      item = await get();
    } catch (error) {
      if (error instanceof ShutDown) return;
      throw error;
    }
    yield item;
  }
}
