/**
 * Why a run leaves a test out: `false` where it does not. Each reason ends with the name of the missing capability.
 *
 * @module
 */

import { mp } from "./children.ts";

const { capabilities } = mp;

/** For what needs a pid of a child's own. */
export const ownPid = capabilities.ownPid
  ? false
  : "a thread has no pid of its own, so no signals (ownPid)";

/** For what needs an environment of a child's own. */
export const ownEnv = capabilities.env ? false : "a thread has no environment of its own (env)";

/** For what needs runtime flags of a child's own. */
export const noOwnFlags = capabilities.execArgv
  ? false
  : "a thread has no flags of its own (execArgv)";

/** For what needs a child on another runtime. */
export const noOther = capabilities.otherRuntime
  ? false
  : "a thread runs on its process's runtime (otherRuntime)";
