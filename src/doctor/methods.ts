/**
 * The start methods, and what processes need besides: native code, and `/proc`.
 *
 * @module
 */

import { about } from "../runtime/about.ts";
import { runtime } from "../runtime/current.ts";
import { loadNativeCode } from "../runtime/native_code.ts";
import type { Capabilities, StartMethod } from "../runtime/types.ts";
import { getAllStartMethods } from "../start_method/start_method.ts";
import { errorOf, failed, type Finding, ok, unknown } from "./finding.ts";
import { mayNotLook } from "./permissions.ts";

/** Bytes: the least that a system gives. */
const PAGE = 4096;
const PROC = "/proc/self/fd";

/** What a child can have of its own, for people. */
const OWN: Readonly<Partial<Record<keyof Capabilities, string>>> = {
  ownPid: "pid",
  cwd: "cwd",
  env: "env",
  execArgv: "flags",
  permissions: "permissions",
  otherRuntime: "runtime",
  ownMemory: "memory limit",
};

/** Looks whether children can be started by a method. */
export function checkMethod(method: StartMethod): Finding {
  const capabilities = { ...runtime.capabilities(method) };
  const isDefault = getAllStartMethods()[0] === method;
  const data = { available: capabilities.available, isDefault, capabilities };
  if (!capabilities.available) return failed("cannot be used", refusalOf(method), data);
  const own = Object.entries(OWN).filter(([name]) => capabilities[name as keyof Capabilities]);
  const has = own.length === 0 ? "" : `; a child's own: ${own.map(([, word]) => word).join(", ")}`;
  return ok(`can be used${isDefault ? ", the default" : ""}${has}`, data);
}

/** Why children cannot be started by a method, and what to do. */
function refusalOf(method: StartMethod): string {
  const { permissions, program, memory } = runtime;
  if (method === "thread") return errorOf(() => program.compiledThread())?.message ?? "";
  const refusal = permissions.refuseStart(program.executable);
  if (refusal !== null) return refusal;
  const error = errorOf(loadNativeCode) ??
    errorOf(() => memory.nameless && memory.create(PAGE, null).close());
  return error?.message ?? 'Use the start method "thread"';
}

/** Looks whether the C library can be called. */
export function checkNativeCode(): Finding {
  const { nativeCode } = about();
  const error = errorOf(loadNativeCode);
  const data = { by: nativeCode, works: error === null };
  if (error !== null) return failed(`cannot be loaded by ${nativeCode}`, error.message, data);
  return ok(`the C library, by ${nativeCode}`, data);
}

/** Looks whether processes can open each other's memory. */
export function checkProc(): Finding {
  if (!runtime.memory.nameless) return ok("not needed on this system", { mounted: null });
  try {
    if (runtime.files.mayLook(PROC) && runtime.files.lookThrough(PROC) !== null) {
      return ok("mounted", { mounted: true });
    }
  } catch {
    // It may not be looked at.
  }
  const refusal = mayNotLook();
  if (refusal !== null) return unknown(refusal, null, { mounted: null });
  return failed("not mounted", "Mount it: mount -t proc proc /proc", { mounted: false });
}
