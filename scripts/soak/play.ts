/**
 * What a process of a soak runs: a role, and the scarcity around it.
 *
 * @module
 */

import { ref } from "../../mod.ts";
import type { Parts } from "./parts.ts";
import * as roles from "./roles.ts";
import { starve } from "./scarcity.ts";

type Role = (...args: unknown[]) => Promise<void>;

/** Plays a role; in a scarce soak, without descriptors now and then. */
export async function play(
  role: keyof typeof roles,
  parts: Parts,
  ...rest: unknown[]
): Promise<void> {
  const feed = parts.isScarce ? starve() : () => {};
  await (roles[role] as Role)(parts, ...rest);
  feed();
}

/** {@linkcode play}, for a process. */
export const playRef = ref<Role>(new URL(import.meta.url), "play");
