/** Tests that have a manager each. */

import type { SyncManager } from "../../mod.ts";
import { mp } from "./children.ts";
import { conform } from "./conform.ts";

type Note = (value: unknown) => void;

/** A test with a manager of its own. */
export function managed(
  name: string,
  body: (manager: SyncManager, note: Note) => Promise<void>,
  options?: { skip?: string | false },
): void {
  conform(name, async (note) => {
    await using manager = await mp.Manager();
    await body(manager, note);
  }, options);
}
