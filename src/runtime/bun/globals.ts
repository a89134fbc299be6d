/**
 * The few members of Bun that are used, declared here so that no foreign types are published.
 *
 * @module
 */

/** A socket of `Bun.listen` and `Bun.connect`. */
export interface BunSocket {
  write(data: Uint8Array): number;
  unref(): void;
  end(): void;
}

/** What is called for a socket. */
export interface BunSocketHandler {
  open(socket: BunSocket): void;
  data(socket: BunSocket, data: Uint8Array): void;
  close(socket: BunSocket): void;
  connectError?(socket: BunSocket, error: Error): void;
}

/** A process of `Bun.spawn`. */
export interface BunSubprocess {
  readonly pid: number;
  readonly exited: Promise<number>;
  readonly exitCode: number | null;
  readonly signalCode: string | null;
  readonly stdout: ReadableStream<Uint8Array> | null;
  readonly stderr: ReadableStream<Uint8Array> | null;
  kill(signal: string): void;
  ref(): void;
  unref(): void;
}

/** The global `Bun`. */
export interface BunGlobal {
  readonly main: string;
  readonly version: string;
  listen(
    options: { unix: string; socket: BunSocketHandler },
  ): { stop(force: boolean): void; unref(): void };
  connect(options: { unix: string; socket: BunSocketHandler }): Promise<BunSocket>;
  spawn(command: string[], options: {
    env?: Record<string, string | undefined>;
    cwd?: string;
    stdin: "ignore";
    stdout: "inherit" | "pipe" | "ignore";
    stderr: "inherit" | "pipe" | "ignore";
  }): BunSubprocess;
}

/** The global `Bun`, on Bun. */
export function bun(): BunGlobal {
  return (globalThis as unknown as { Bun: BunGlobal }).Bun;
}
