/**
 * What a check comes to, in the making.
 *
 * @module
 */

import type { Check, Datum } from "./types.ts";

/** A check without its name. */
export type Finding = Pick<Check, "status" | "found" | "advice"> & { [datum: string]: Datum };

/** What programs are told besides: the names are the same whatever was found. */
export type Data = Record<string, Datum>;

/** It works. */
export function ok(found: string, data: Data = {}): Finding {
  return { status: "ok", found, advice: null, ...data };
}

/** It works, and might not be enough. */
export function warning(found: string, advice: string, data: Data = {}): Finding {
  return { status: "warning", found, advice, ...data };
}

/** It does not work. */
export function failed(found: string, advice: string, data: Data = {}): Finding {
  return { status: "failed", found, advice, ...data };
}

/** It could not be looked at; `advice` may be what another check says. */
export function unknown(found: string, advice: string | null, data: Data = {}): Finding {
  return { status: "unknown", found, advice, ...data };
}

/** The error of something that should do nothing else; `null` where it does not throw. */
export function errorOf(action: () => unknown): Error | null {
  try {
    action();
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** What is thrown, for people: its message, or whatever there is. */
export function messageOf(error: unknown): string {
  return error instanceof Error && error.message !== "" ? error.message : String(error);
}
