/**
 * What the runtime allows this program.
 *
 * @module
 */

import { lackingPermissions } from "../runtime/lacking_permissions.ts";
import type { LackingName } from "../runtime/permissions.ts";
import { type Finding, ok, warning } from "./finding.ts";

/** What each permission is needed for. */
const USES: Readonly<Record<LackingName, string>> = {
  read: "modules that children import, and what the system tells",
  write: "named memory, and listeners without an address",
  net: "the sockets by which processes wake each other",
  env: "the PATH, TMPDIR, and the environment of children",
  run: "starting processes",
  ffi: "memory that processes share",
  sys: "how much memory there is, and which user this is",
  import: "modules of other machines",
  thread: "starting threads",
  all: "named memory and listeners in /dev/shm, and what /proc tells",
};

/** Looks at the permissions. */
export function checkPermissions(): Finding {
  const lacking = lackingPermissions().map(({ name, flag }) => ({ name, flag, for: USES[name] }));
  if (lacking.length === 0) return ok("this program may do everything", { lacking });
  const flags = lacking.map(({ flag, for: use }) => `${flag}: ${use}`);
  const found = `this program lacks ${lacking.map(({ flag }) => flag).join(" ")}`;
  return warning(found, `Allow what is to be used: ${flags.join("; ")}`, { lacking });
}

/** Why a check may not look, where this program lacks the right to everything; `null` where it has it. */
export function mayNotLook(): string | null {
  const all = lackingPermissions().find(({ name }) => name === "all");
  return all === undefined ? null : `may not be looked at without ${all.flag}`;
}
