/**
 * The program that this code is part of, as Node and Bun tell it.
 *
 * @module
 */

import type { ChildEntry } from "../children.ts";
import type { ProgramFacts } from "../runtime.ts";
import { filterFlags } from "./flags.ts";
import { builtin, nodeProcess } from "./globals.ts";
import { isCached, isMainThread, isOwnRealm, isUrl } from "./loaded_modules.ts";

/** Flags that are followed by the program itself, in place of a file. */
const PROGRAM_FOLLOWS = /^(-e|-p|-pe|--eval|--print)(=|$)/;
/** What stands in place of a file where the program comes by the standard input. */
const STANDARD_INPUT = "-";

/** Whether the program stands in its command line. */
function isText(): boolean {
  return nodeProcess().execArgv.some((flag) => PROGRAM_FOLLOWS.test(flag));
}

/** {@linkcode ProgramFacts} over the global `process`. */
export class NodeProgram implements ProgramFacts {
  readonly #isCompiled: () => boolean;
  readonly compiledThread: () => ChildEntry;

  readonly #namesByUrl: boolean;
  #isMainHere?: boolean;

  /**
   * @param isCompiled Tells whether the program is one executable.
   * @param compiledThread {@linkcode ProgramFacts.compiledThread}.
   * @param namesByUrl Whether frames name a module by a URL if the runtime has loaded it, and only then.
   */
  constructor(isCompiled: () => boolean, compiledThread: () => ChildEntry, namesByUrl: boolean) {
    this.#isCompiled = isCompiled;
    this.compiledThread = compiledThread;
    this.#namesByUrl = namesByUrl;
  }

  get mainModule(): string | null {
    const path = nodeProcess().argv[1];
    if (path === undefined || path === STANDARD_INPUT || isText()) return null;
    const { pathToFileURL } = builtin<typeof import("node:url")>("node:url");
    return pathToFileURL(path).href;
  }

  get mainModuleHere(): string | null {
    this.#isMainHere ??= isMainThread() && isOwnRealm();
    return this.#isMainHere ? this.mainModule : null;
  }

  hasLoaded(name: string): boolean {
    return this.#namesByUrl && isUrl(name) || isCached(name);
  }

  get isCompiled(): boolean {
    return this.#isCompiled();
  }

  get executable(): string {
    return nodeProcess().execPath;
  }

  get args(): readonly string[] {
    return nodeProcess().argv.slice(isText() ? 1 : 2);
  }

  environment(): Record<string, string> {
    return { ...nodeProcess().env } as Record<string, string>;
  }

  setArguments(mainModule: string | null, args: readonly string[]): void {
    const { argv, execArgv } = nodeProcess();
    // A child of a bundle starts with a text, which is none of the program's business.
    if (isText()) execArgv.splice(0, execArgv.length, ...filterFlags(execArgv));
    const { fileURLToPath } = builtin<typeof import("node:url")>("node:url");
    const isFile = mainModule?.startsWith("file:") ?? false;
    const main = isFile ? fileURLToPath(mainModule!) : mainModule ?? argv[1];
    argv.splice(1, argv.length, main, ...args);
  }
}
