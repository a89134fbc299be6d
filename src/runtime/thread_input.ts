/**
 * The standard input of threads: empty, as that of child processes. Left to itself, a thread of some runtimes would read what is
 * meant for its process.
 *
 * @module
 */

/** What is needed of `node:stream`. */
interface StreamModule {
  readonly Readable: { from(items: readonly never[]): object };
}

/** What is needed of the global `process`. */
interface Process {
  getBuiltinModule(name: string): unknown;
}

/** Puts an empty stream in the place of `process.stdin`, made when it is first asked for. */
export function emptyInput(): void {
  const { process } = globalThis as unknown as { process: Process };
  let made: object | null = null;
  Object.defineProperty(process, "stdin", {
    configurable: true,
    enumerable: true,
    get: () => made ??= (process.getBuiltinModule("node:stream") as StreamModule).Readable.from([]),
  });
}
