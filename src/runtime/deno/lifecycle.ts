/**
 * The beginning and the end of a process or thread on Deno.
 *
 * @module
 */

import type { Lifecycle } from "../runtime.ts";
import { deno, listenGlobally } from "./globals.ts";
import { isThread, onThreadExit } from "./thread_scope.ts";

/** The part of {@linkcode Lifecycle} that the global `Deno` gives. */
export const denoLifecycle: Omit<Lifecycle, "dieWithCreator"> = {
  exit: (code) => deno().exit(code),
  setExitCode: (code) => {
    deno().exitCode = code;
  },
  onExit: (callback) => {
    if (isThread()) onThreadExit(callback);
    else listenGlobally("unload", () => callback(deno().exitCode));
  },
  onUncaught: (callback) => {
    listenGlobally("error", (event) => {
      event.preventDefault();
      callback(event.error);
    });
    listenGlobally("unhandledrejection", (event) => {
      event.preventDefault();
      callback(event.reason);
    });
  },
};
