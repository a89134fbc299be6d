/**
 * Bun. What it has in common with Node is Node's.
 *
 * @module
 */

import { processCapabilities, threadCapabilities } from "../capabilities.ts";
import { cpuCount } from "../node/cpus.ts";
import { nodeProcess } from "../node/globals.ts";
import { NodeHost } from "../node/host.ts";
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
import { BunBells } from "./bell.ts";
import { startProcess } from "./child_process.ts";
import { bun } from "./globals.ts";
import { loadLibc } from "./libc.ts";
import { startThread, threadBoot } from "./thread.ts";

/** {@linkcode Runtime} for Bun. */
export class BunRuntime implements Runtime {
  readonly name = "bun";
  readonly host: Host = new NodeHost(loadLibc, threadBoot, isCompiled);
  readonly bells: BellHost = new BunBells();
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

/** Whether the main module stands in an executable's own file system. */
function isCompiled(): boolean {
  return /[/\\](\$bunfs|~BUN)[/\\]/.test(bun().main);
}
