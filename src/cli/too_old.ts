/**
 * A runtime on which this library does not work at all.
 *
 * @module
 */

import { titleOf } from "../doctor/words.ts";
import { about } from "../runtime/about.ts";
import { runtime } from "../runtime/current.ts";
import { isAtLeast, LEAST_VERSIONS } from "../runtime/versions.ts";

/** That this runtime is too old, for people; `null` where it is not. */
export function tooOld(): string | null {
  const { version } = about();
  const least = LEAST_VERSIONS[runtime.name];
  if (isAtLeast(version, least)) return null;
  const name = titleOf(runtime.name);
  return `This is ${name} ${version}, and allcores is for ${name} ${least} or later: install a newer one`;
}
