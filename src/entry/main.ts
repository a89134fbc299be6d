/**
 * The program that every child starts with, on every runtime, as a process and as a thread.
 *
 * @module
 */

import { runtime } from "../runtime/current.ts";
import { runChild } from "./bootstrap.ts";

// Not awaited: on some runtimes a thread hears no message before its main module has been evaluated.
runChild().catch((error) => {
  runtime.writeError(`${error?.stack ?? error}\n`);
  runtime.lifecycle.exit(1);
});
