/**
 * The children of this process.
 *
 * @module
 */

import { running } from "./children.ts";
import type { Process } from "./process.ts";

/**
 * The children of this process that run. Python's `active_children`.
 *
 * @returns The processes that were started here and have not ended.
 *
 * @example
 * ```ts
 * import { activeChildren } from "@allcores/multiprocessing";
 *
 * console.log(activeChildren().length); // 0
 * ```
 */
export function activeChildren(): Process[] {
  return ([...running] as Process[]).filter((process) => process.isAlive());
}
