/**
 * The few members of Deno that are used, declared here so that no foreign types are published.
 *
 * @module
 */

/** An address in `Deno`'s foreign function interface. */
export type DenoPointer = { readonly __pointer: true } | null;

/** A connection of `Deno.listen` and `Deno.connect`. */
export interface DenoConn {
  read(into: Uint8Array): Promise<number | null>;
  write(data: Uint8Array): Promise<number>;
  close(): void;
  unref(): void;
}

/** A process of `Deno.Command`. */
export interface DenoChild {
  readonly pid: number;
  readonly status: Promise<{ code: number; signal: string | null }>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly env: { get(name: string): string | undefined; toObject(): Record<string, string> };
  readonly stdin: object;
  readonly stderr: ReadableStream<Uint8Array>;
  kill(signal: string): void;
  ref(): void;
  unref(): void;
}

/** How a permission is asked for. */
export interface DenoPermissionDescriptor {
  name: string;
  path?: string;
  command?: string;
  kind?: string;
  variable?: string;
  host?: string;
}

/** `Deno.stdout` and `Deno.stderr`. */
export interface DenoWriter {
  write(data: Uint8Array): Promise<number>;
  writeSync(data: Uint8Array): number;
  readonly writable: WritableStream<Uint8Array>;
}

/** What stands at a path. */
export interface DenoFileInfo {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly isSocket: boolean | null;
  readonly ino: number | null;
  readonly size: number;
  readonly uid: number | null;
  readonly mode: number | null;
}

/** The global `Deno`. */
export interface DenoGlobal {
  readonly build: { readonly os: string; readonly standalone?: boolean };
  readonly version: { readonly deno: string };
  readonly pid: number;
  readonly args: string[];
  readonly mainModule: string;
  readonly env: { get(name: string): string | undefined; toObject(): Record<string, string> };
  readonly stdin: object;
  readonly stdout: DenoWriter;
  readonly stderr: DenoWriter;
  readonly permissions: {
    querySync(descriptor: DenoPermissionDescriptor): { state: string; partial?: boolean };
  };
  systemMemoryInfo(): { readonly available: number };
  readonly UnsafePointer: { create(address: bigint): DenoPointer };
  readonly UnsafePointerView: {
    getArrayBuffer(pointer: DenoPointer, size: number, offset: number): ArrayBuffer;
  };
  readonly Command: new (path: string, options: {
    args: string[];
    env?: Record<string, string>;
    clearEnv?: boolean;
    cwd?: string;
    stdin: "null";
    stdout: "inherit" | "piped" | "null";
    stderr: "inherit" | "piped" | "null";
  }) => { spawn(): DenoChild };
  exitCode: number;
  dlopen(
    name: string,
    symbols: unknown,
  ): { symbols: Record<string, (...args: unknown[]) => unknown> };
  listen(options: { transport: "unix"; path: string }): {
    accept(): Promise<DenoConn>;
    close(): void;
    unref(): void;
  };
  connect(options: { transport: "unix"; path: string }): Promise<DenoConn>;
  execPath(): string;
  exit(code?: number): never;
  kill(pid: number, signal: number): void;
  readTextFileSync(path: string): string;
  readDirSync(path: string): Iterable<{ name: string }>;
  mkdirSync(path: string, options: { mode: number }): void;
  removeSync(path: string): void;
  lstatSync(path: string): DenoFileInfo;
  statSync(path: string): DenoFileInfo;
  uid(): number | null;
  linkSync(from: string, to: string): void;
  writeTextFileSync(
    path: string,
    text: string,
    options: { mode: number; createNew: boolean },
  ): void;
}

/** An event of the global scope. */
export interface DenoEvent {
  readonly error?: unknown;
  readonly reason?: unknown;
  preventDefault(): void;
}

/** Listens to an event of the global scope. */
export function listenGlobally(type: string, listener: (event: DenoEvent) => void): void {
  const scope = globalThis as unknown as {
    addEventListener(type: string, listener: (event: DenoEvent) => void): void;
  };
  scope.addEventListener(type, listener);
}

/** The global `Deno`, on Deno. */
export function deno(): DenoGlobal {
  return (globalThis as unknown as { Deno: DenoGlobal }).Deno;
}
