/**
 * Node's built-in modules, loaded when they are first needed: on other runtimes this folder is loaded too,
 * and there even an unused `node:` import costs milliseconds at every start.
 *
 * @module
 */

/** The part of the global `process` that is used; Bun has it too. */
export interface NodeProcess {
  readonly pid: number;
  readonly platform: string;
  readonly arch: string;
  readonly versions: Readonly<Record<string, string | undefined>>;
  readonly argv: string[];
  readonly execArgv: string[];
  readonly execPath: string;
  readonly env: Record<string, string | undefined>;
  readonly allowedNodeEnvironmentFlags: ReadonlySet<string>;
  exitCode?: number | string | null;
  exit(code?: number): never;
  /** Not on Windows. */
  geteuid?(): number;
  kill(pid: number, signal: string | number): boolean;
  /** Not before Node 20.13. */
  availableMemory?(): number;
  on(event: string, listener: (...args: never[]) => void): unknown;
  getBuiltinModule(name: string): unknown;
}

/** The global `process`. */
export function nodeProcess(): NodeProcess {
  return (globalThis as unknown as { process: NodeProcess }).process;
}

/**
 * Loads a built-in module.
 *
 * @typeParam T The module's type, as `typeof import("node:fs")`.
 * @param name The module's name, for example `node:fs`.
 * @returns The module.
 */
export function builtin<T>(name: string): T {
  return nodeProcess().getBuiltinModule(name) as T;
}

/** Bytes of memory that can still be had without ending other programs; `Infinity` where that cannot be told. */
export function availableMemory(): number {
  return nodeProcess().availableMemory?.() ?? Infinity;
}

/** Has `structuredClone` and `postMessage` refuse to transfer a buffer. */
export function forbidTransfer(buffer: ArrayBuffer): void {
  builtin<typeof import("node:worker_threads")>("node:worker_threads").markAsUntransferable(buffer);
}
