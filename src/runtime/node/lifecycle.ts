/**
 * The beginning and the end of a process or thread on Node and Bun.
 *
 * @module
 */

import type { Lifecycle } from "../runtime.ts";
import { nodeProcess } from "./globals.ts";

/** The part of {@linkcode Lifecycle} that the global `process` gives. */
export const nodeLifecycle: Omit<Lifecycle, "dieWithCreator"> = {
  exit: (code) => nodeProcess().exit(code),
  setExitCode: (code) => {
    nodeProcess().exitCode = code;
  },
  onExit: (callback) => void nodeProcess().on("exit", callback as (...args: never[]) => void),
  onUncaught: (callback) => {
    nodeProcess().on("uncaughtException", callback);
    nodeProcess().on("unhandledRejection", callback);
  },
};
