/**
 * The parts of a child in few files: for the package and for programs that are compiled. The classes of handles are one part,
 * which most children never need.
 *
 * @module
 */

import { prepareWorker } from "../pool/worker/pool_loop.ts";
import { prepareProcess } from "../process/process_main.ts";
import type { Parts } from "./parts.ts";

/** {@linkcode Parts} as the package has them. */
export const bundledParts: Parts = {
  process: () => prepareProcess,
  worker: () => prepareWorker,
  handle: async () => void (await import("./handle_classes.ts")).knowHandles(),
};
