/**
 * The sockets by which processes wake each other.
 *
 * @module
 */

import { sharedPlace } from "../files/shared_place.ts";
import { runtime } from "../runtime/current.ts";
import { errorOf, failed, type Finding, ok, unknown } from "./finding.ts";

/** Looks where their names are. */
export function checkSockets(): Finding {
  const { bells, capabilities } = runtime;
  if (bells.abstractNames) {
    return ok("abstract names, without files", { abstract: true, folder: null });
  }
  const error = errorOf(sharedPlace);
  const data = { abstract: false, folder: error === null ? sharedPlace() : null };
  if (error === null) return ok(`files below ${data.folder}`, data);
  if (!capabilities("process").available) return unknown("not needed by threads", null, data);
  return failed("there is no folder for them", error.message, data);
}
