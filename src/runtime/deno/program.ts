/**
 * The program that this code is part of, as Deno tells it.
 *
 * @module
 */

import { noCompiledThreads } from "../compiled_threads.ts";
import { isCached, isUrl } from "../node/loaded_modules.ts";
import type { ProgramFacts } from "../runtime.ts";
import { deno } from "./globals.ts";
import { isGranted } from "./permissions.ts";

/** {@linkcode ProgramFacts} over the global `Deno`. */
export class DenoProgram implements ProgramFacts {
  get mainModule(): string | null {
    return deno().mainModule;
  }

  get mainModuleHere(): string | null {
    return this.mainModule;
  }

  hasLoaded(name: string): boolean {
    return isUrl(name) || isCached(name);
  }

  get isCompiled(): boolean {
    return deno().build.standalone ?? false;
  }

  compiledThread(): never {
    throw noCompiledThreads();
  }

  get executable(): string {
    return deno().execPath();
  }

  get args(): readonly string[] {
    return deno().args;
  }

  environment(): Record<string, string> {
    return isGranted({ name: "env" }) ? deno().env.toObject() : {};
  }

  setArguments(_mainModule: string | null, args: readonly string[]): void {
    Object.defineProperty(deno(), "args", { value: [...args], configurable: true });
    const { process } = globalThis as unknown as { process?: { argv: string[] } };
    process?.argv.splice(2, process.argv.length, ...args);
  }
}
