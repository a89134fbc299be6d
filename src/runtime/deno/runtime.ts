/**
 * Deno.
 *
 * @module
 */

import { processCapabilities, threadCapabilities } from "../capabilities.ts";
import { cgroupCores } from "../posix/cgroup.ts";
import { PosixMemory } from "../posix/libc.ts";
import type {
  BellHost,
  Capabilities,
  ChildHandle,
  Host,
  MemoryHost,
  ProcessOptions,
  Runtime,
  StartMethod,
  ThreadOptions,
} from "../types.ts";
import { DenoBells } from "./bell.ts";
import { startProcess } from "./child_process.ts";
import { deno } from "./globals.ts";
import { DenoHost } from "./host.ts";
import { loadLibc } from "./libc.ts";
import { startThread } from "./thread.ts";

/** {@linkcode Runtime} for Deno. */
export class DenoRuntime implements Runtime {
  readonly name = "deno";
  readonly host: Host = new DenoHost();
  readonly bells: BellHost = new DenoBells();
  readonly #memory = new PosixMemory(
    loadLibc,
    () => deno().build.os === "linux",
    () => deno().pid,
  );

  get memory(): MemoryHost {
    return this.#memory;
  }

  capabilities(method: StartMethod): Capabilities {
    return method === "thread"
      ? threadCapabilities({
        available: !this.host.isCompiled,
        hardStop: false,
        drainsEventLoop: false,
      })
      : processCapabilities(() => {
        loadLibc();
        requireRunPermission();
      }, this.host);
  }

  cpuCount(): number {
    const cores = navigator.hardwareConcurrency;
    return Math.min(cores, cgroupCores((path) => deno().readTextFileSync(path)));
  }

  startProcess(options: ProcessOptions): ChildHandle {
    return startProcess(options);
  }

  startThread(options: ThreadOptions): ChildHandle {
    return startThread(options);
  }
}

function requireRunPermission(): void {
  const { state } = deno().permissions.querySync({ name: "run", command: deno().execPath() });
  if (state === "denied") throw new Error("no permission to run");
}
