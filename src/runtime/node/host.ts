/**
 * The process or thread that this code runs in, as Node and Bun give it.
 *
 * @module
 */

import type { Libc } from "../posix/libc.ts";
import { memoryKills } from "../posix/memory_kills.ts";
import { residentBytes } from "../posix/resident.ts";
import { isZombie } from "../posix/zombie.ts";
import type { FileFacts, Host } from "../types.ts";
import { writeRedirected } from "../thread_output.ts";
import { builtin, nodeProcess } from "./globals.ts";
import { writeText } from "./stdio.ts";

type Fs = typeof import("node:fs");

const SIGKILL = 9;

/** Flags that are meant for the first process alone: they would start a second debugger, print, or run something else. */
const OWN_FLAGS =
  /^(--inspect|--watch|--test|--eval|--print|--check|--interactive|--cpu-prof|--heap-prof|--prof|-e$|-p$|-pe$|-c$|-i$)/;
/** Those of them whose value may be the next argument. */
const VALUE_FOLLOWS =
  /^(-e|-p|-pe|--eval|--print|--(cpu|heap)-prof-.+|--inspect-port|--watch-path|--test-.+)$/;

function filterFlags(flags: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < flags.length; i++) {
    if (!OWN_FLAGS.test(flags[i])) kept.push(flags[i]);
    else if (VALUE_FOLLOWS.test(flags[i]) && !flags[i + 1]?.startsWith("-")) i++;
  }
  return kept;
}

/** {@linkcode Host} over the global `process`. */
export class NodeHost implements Host {
  readonly #loadLibc: () => Libc;
  readonly #boot: () => Promise<unknown> | null;
  readonly #isCompiled: () => boolean;

  /**
   * @param loadLibc Loads the C library.
   * @param boot Gives what the creator of this thread sent.
   * @param isCompiled Tells whether the program is one executable.
   */
  constructor(
    loadLibc: () => Libc,
    boot: () => Promise<unknown> | null,
    isCompiled: () => boolean,
  ) {
    this.#loadLibc = loadLibc;
    this.#boot = boot;
    this.#isCompiled = isCompiled;
  }

  get pid(): number {
    return nodeProcess().pid;
  }

  get mainModule(): string | null {
    const path = nodeProcess().argv[1];
    if (path === undefined) return null;
    const { pathToFileURL } = builtin<typeof import("node:url")>("node:url");
    return pathToFileURL(path).href;
  }

  get isCompiled(): boolean {
    return this.#isCompiled();
  }

  get executable(): string {
    return nodeProcess().execPath;
  }

  get execArgv(): readonly string[] {
    return filterFlags(nodeProcess().execArgv);
  }

  get args(): readonly string[] {
    return nodeProcess().argv.slice(2);
  }

  environment(): Record<string, string> {
    return { ...nodeProcess().env } as Record<string, string>;
  }

  setArguments(mainModule: string | null, args: readonly string[]): void {
    const { argv } = nodeProcess();
    const { fileURLToPath } = builtin<typeof import("node:url")>("node:url");
    const isFile = mainModule?.startsWith("file:") ?? false;
    const main = isFile ? fileURLToPath(mainModule!) : mainModule ?? argv[1];
    argv.splice(1, argv.length, main, ...args);
  }

  boot(): Promise<unknown> | null {
    return this.#boot();
  }

  exit(code?: number): never {
    return nodeProcess().exit(code);
  }

  setExitCode(code: number): void {
    nodeProcess().exitCode = code;
  }

  kill(pid: number, signal: string | 0): boolean {
    try {
      return nodeProcess().kill(pid, signal);
    } catch (error) {
      return (error as { code?: string }).code === "EPERM";
    }
  }

  isAlive(pid: number): boolean {
    const { readFileSync } = builtin<Fs>("node:fs");
    return this.kill(pid, 0) && !isZombie(pid, (path) => readFileSync(path, "utf8"));
  }

  residentBytes(pid: number): number | null {
    const { readFileSync } = builtin<Fs>("node:fs");
    return residentBytes(pid, (path) => readFileSync(path, "utf8"));
  }

  memoryKills(): number {
    const { readFileSync } = builtin<Fs>("node:fs");
    return memoryKills((path) => readFileSync(path, "utf8"));
  }

  onExit(callback: (code: number) => void): void {
    nodeProcess().on("exit", callback as (...args: never[]) => void);
  }

  onUncaught(callback: (error: unknown) => void): void {
    nodeProcess().on("uncaughtException", callback);
    nodeProcess().on("unhandledRejection", callback);
  }

  dieWithParent(): void {
    if (nodeProcess().platform !== "linux") return;
    this.#loadLibc().setParentDeathSignal(SIGKILL);
  }

  writeError(text: string | Uint8Array): void {
    if (!writeRedirected(2, text)) writeText(2, text);
  }

  get userId(): number | null {
    return nodeProcess().geteuid?.() ?? null;
  }

  readonly files: Host["files"] = {
    get temporary(): string {
      if (builtin<Fs>("node:fs").existsSync("/dev/shm")) return "/dev/shm";
      return builtin<typeof import("node:os")>("node:os").tmpdir();
    },
    mayWrite: true,
    list: (folder: string) => builtin<Fs>("node:fs").readdirSync(folder),
    create: (folder: string) => void builtin<Fs>("node:fs").mkdirSync(folder, { mode: 0o700 }),
    write: (path: string, text: string) =>
      builtin<Fs>("node:fs").writeFileSync(path, text, { mode: 0o600, flag: "wx" }),
    link: (path: string, name: string) => builtin<Fs>("node:fs").linkSync(path, name),
    unlink: (path: string) => builtin<Fs>("node:fs").unlinkSync(path),
    removeEmpty: (folder: string) => builtin<Fs>("node:fs").rmdirSync(folder),
    look: (path: string) =>
      toFacts(builtin<Fs>("node:fs").lstatSync(path, { throwIfNoEntry: false })),
    lookThrough: (path: string) =>
      toFacts(builtin<Fs>("node:fs").statSync(path, { throwIfNoEntry: false })),
  };
}

function toFacts(stats: import("node:fs").Stats | undefined): FileFacts | null {
  if (stats === undefined) return null;
  return {
    kind: stats.isFile()
      ? "file"
      : stats.isDirectory()
      ? "folder"
      : stats.isSocket()
      ? "socket"
      : "other",
    id: stats.ino,
    size: stats.size,
    owner: stats.uid,
    mode: stats.mode,
  };
}
