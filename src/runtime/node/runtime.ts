/**
 * Node.
 *
 * @module
 */

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
import { processCapabilities, threadCapabilities } from "../capabilities.ts";
import { NodeBells } from "./bell.ts";
import { startProcess } from "./child_process.ts";
import { cpuCount } from "./cpus.ts";
import { builtin, nodeProcess } from "./globals.ts";
import { NodeHost } from "./host.ts";
import { loadLibc } from "./libc.ts";
import { startThread, threadBoot } from "./thread.ts";

/** {@linkcode Runtime} for Node. */
export class NodeRuntime implements Runtime {
  readonly name = "node";
  readonly host: Host = new NodeHost(loadLibc, threadBoot, isCompiled);
  readonly bells: BellHost = new NodeBells();
  readonly #memory = new PosixMemory(
    loadLibc,
    () => nodeProcess().platform === "linux",
    () => nodeProcess().pid,
  );

  get memory(): MemoryHost {
    return this.#memory;
  }

  capabilities(method: StartMethod): Capabilities {
    return method === "thread"
      ? threadCapabilities({
        available: !this.host.isCompiled,
        hardStop: true,
        drainsEventLoop: true,
      })
      : processCapabilities(loadLibc, this.host);
  }

  cpuCount(): number {
    return cpuCount();
  }

  startProcess(options: ProcessOptions): ChildHandle {
    return startProcess(options);
  }

  startThread(options: ThreadOptions): ChildHandle {
    return startThread(options);
  }
}

/** Whether this is a single executable application. */
function isCompiled(): boolean {
  return builtin<{ isSea(): boolean } | undefined>("node:sea")?.isSea() ?? false;
}
