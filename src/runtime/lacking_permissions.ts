/**
 * What the runtime does not allow this program, and by which flag it would.
 *
 * @module
 */

import { choose } from "./choose.ts";
import { lackingOnDeno } from "./deno/lacking.ts";
import { lackingOnNode } from "./node/lacking.ts";
import type { LackingPermission } from "./permissions.ts";

/** The permissions that this program lacks, or of which it lacks a part; nobody is asked for them. */
export const lackingPermissions: () => LackingPermission[] = choose({
  deno: lackingOnDeno,
  bun: () => [],
  node: lackingOnNode,
});
