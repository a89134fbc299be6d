/**
 * The process or thread that this code runs in, as Deno gives it.
 *
 * @module
 */

import { memoryKills } from "../posix/memory_kills.ts";
import { residentBytes } from "../posix/resident.ts";
import { isZombie } from "../posix/zombie.ts";
import type { FileFacts, Host } from "../types.ts";
import { writeRedirected } from "../thread_output.ts";
import { childFlags } from "./flags.ts";
import {
  deno,
  type DenoFileInfo,
  type DenoPermissionDescriptor,
  listenGlobally,
} from "./globals.ts";
import { loadLibc } from "./libc.ts";
import { writeText } from "./stdio.ts";
import { isThread, onThreadExit, threadBoot } from "./thread_scope.ts";

const SIGKILL = 9;

/** Whoever only asks what can be told is not to be prompted. */
function readIfAllowed(path: string): string {
  return isGranted({ name: "read", path }) ? deno().readTextFileSync(path) : "";
}

function isGranted(permission: DenoPermissionDescriptor): boolean {
  return deno().permissions.querySync(permission).state === "granted";
}

/** {@linkcode Host} over the global `Deno`. */
export class DenoHost implements Host {
  get pid(): number {
    return deno().pid;
  }

  get mainModule(): string | null {
    return deno().mainModule;
  }

  get isCompiled(): boolean {
    return deno().build.standalone ?? false;
  }

  get executable(): string {
    return deno().execPath();
  }

  get execArgv(): readonly string[] {
    return childFlags();
  }

  get args(): readonly string[] {
    return deno().args;
  }

  environment(): Record<string, string> {
    const { state } = deno().permissions.querySync({ name: "env" });
    return state === "granted" ? deno().env.toObject() : {};
  }

  setArguments(_mainModule: string | null, args: readonly string[]): void {
    Object.defineProperty(deno(), "args", { value: [...args], configurable: true });
    const { process } = globalThis as unknown as { process?: { argv: string[] } };
    process?.argv.splice(2, process.argv.length, ...args);
  }

  boot(): Promise<unknown> | null {
    return threadBoot();
  }

  exit(code?: number): never {
    return deno().exit(code);
  }

  setExitCode(code: number): void {
    deno().exitCode = code;
  }

  kill(pid: number, signal: string | 0): boolean {
    try {
      deno().kill(pid, signal as string);
      return true;
    } catch (error) {
      return (error as Error).name === "PermissionDenied";
    }
  }

  isAlive(pid: number): boolean {
    return this.kill(pid, 0) && !isZombie(pid, readIfAllowed);
  }

  residentBytes(pid: number): number | null {
    return residentBytes(pid, readIfAllowed);
  }

  memoryKills(): number {
    return memoryKills(readIfAllowed);
  }

  onExit(callback: (code: number) => void): void {
    if (isThread()) onThreadExit(callback);
    else listenGlobally("unload", () => callback(deno().exitCode));
  }

  onUncaught(callback: (error: unknown) => void): void {
    listenGlobally("error", (event) => {
      event.preventDefault();
      callback(event.error);
    });
    listenGlobally("unhandledrejection", (event) => {
      event.preventDefault();
      callback(event.reason);
    });
  }

  dieWithParent(): void {
    if (deno().build.os === "linux") loadLibc().setParentDeathSignal(SIGKILL);
  }

  writeError(text: string | Uint8Array): void {
    if (!writeRedirected(2, text)) writeText(deno().stderr, text);
  }

  /** Whoever only asks is not to be prompted; the C library tells it, too, where that may be used. */
  get userId(): number | null {
    if (deno().build.os === "windows") return null;
    if (isGranted({ name: "sys", kind: "uid" })) return deno().uid();
    return isGranted({ name: "ffi" }) ? loadLibc().userId() : null;
  }

  readonly files: Host["files"] = {
    get temporary(): string {
      return deno().build.os === "linux" ? "/dev/shm" : deno().env.get("TMPDIR") ?? "/tmp";
    },
    get mayWrite(): boolean {
      const isKnown = deno().build.os === "linux" || isGranted({ name: "env", variable: "TMPDIR" });
      if (!isKnown) return false;
      const path = this.temporary;
      return isGranted({ name: "read", path }) && isGranted({ name: "write", path });
    },
    list: (folder: string) => [...deno().readDirSync(folder)].map((entry) => entry.name),
    create: (folder: string) => deno().mkdirSync(folder, { mode: 0o700 }),
    write: (path: string, text: string) =>
      deno().writeTextFileSync(path, text, { mode: 0o600, createNew: true }),
    link: (path: string, name: string) => deno().linkSync(path, name),
    unlink: (path: string) => deno().removeSync(path),
    removeEmpty: (folder: string) => deno().removeSync(folder),
    look: (path: string) => toFacts(() => deno().lstatSync(path)),
    lookThrough: (path: string) => toFacts(() => deno().statSync(path)),
  };
}

function toFacts(read: () => DenoFileInfo): FileFacts | null {
  try {
    const info = read();
    return {
      kind: info.isFile ? "file" : info.isDirectory ? "folder" : info.isSocket ? "socket" : "other",
      id: info.ino ?? 0,
      size: info.size,
      owner: info.uid ?? -1,
      mode: info.mode ?? 0,
    };
  } catch (error) {
    if ((error as Error).name === "NotFound") return null;
    throw error;
  }
}
