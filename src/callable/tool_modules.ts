/**
 * Tools that evaluate modules themselves, as test runners and development servers do. What `import()` gives is not what such a
 * tool has evaluated, but a second evaluation, so it must not be asked for.
 *
 * @module
 */
import { runtime } from "../runtime/current.ts";
import { fileUrl } from "../support/stack_frames.ts";

/** A module's exports by name. */
type Namespace = Record<string, unknown>;

/** What vitest keeps for each of its workers, as far as it is used. */
interface VitestWorker {
  readonly evaluatedModules?: {
    readonly idToModuleMap?: ReadonlyMap<string, { readonly file: string; exports?: Namespace }>;
  };
}

/**
 * Gives what a tool has evaluated, where it can be found.
 *
 * @returns The exports of modules by their URLs, as far as they have come.
 */
export function toolModules(): Map<string, Namespace> {
  const { __vitest_worker__: vitest } = globalThis as { __vitest_worker__?: VitestWorker };
  const modules = new Map<string, Namespace>();
  for (const { file, exports } of vitest?.evaluatedModules?.idToModuleMap?.values() ?? []) {
    if (exports !== undefined && /^(\/|[a-z]:)/i.test(file)) modules.set(fileUrl(file), exports);
  }
  return modules;
}

/**
 * Names the test runner that this process, or its creator, is a part of, if it is one that evaluates modules itself.
 *
 * @returns Its name, or `undefined`.
 */
export function testRunner(): string | undefined {
  const { VITEST, JEST_WORKER_ID } = runtime.program.environment();
  if (VITEST !== undefined) return "vitest";
  return JEST_WORKER_ID === undefined ? undefined : "jest";
}

/**
 * Names the tool that has evaluated a function.
 *
 * @param text The function's text.
 * @returns Its name, or words in place of it.
 */
export function toolName(text: string): string {
  return testRunner() ?? (/__vite_ssr_|__vi_/.test(text) ? "Vite" : "a tool");
}
