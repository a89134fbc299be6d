/**
 * Where the process of a manager begins. The server itself is loaded there only.
 *
 * @module
 */

import { register } from "../callable/mod.ts";
import type { ServerWork } from "./server_work.ts";

async function serveManager(work: ServerWork): Promise<void> {
  const { serve } = await import("./server_program.ts");
  await serve(work);
}

/** What the process of a manager runs, by its names. */
export const serverPrograms: { serveManager: typeof serveManager } = registered({ serveManager });

function registered<T extends Record<string, (work: ServerWork) => Promise<void>>>(
  functions: T,
): T {
  register(import.meta.url, functions);
  return functions;
}
