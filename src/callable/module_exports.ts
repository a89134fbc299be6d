/**
 * Finds a function or class among the exports of modules that are loaded.
 *
 * A module that the runtime has loaded can be imported again, which gives its namespace and runs
 * nothing; others are not imported here, since a tool may have evaluated them. But while a module waits in a top-level `await`, importing it waits for that to end, and
 * what the module waits for may be this very answer. Whether it waits is seen by importing a module
 * that is ready, this one, at the same time; unless a bundler put this one into the very module
 * that waits, which is why there is a limit too.
 *
 * @module
 */
import { isLoaded } from "./call_site.ts";
import { toolModules } from "./tool_modules.ts";

import { runtime } from "../runtime/current.ts";

/** A module's exports by name. */
export type Namespace = Record<string, unknown>;

/** Where something was found, or where it may still be. */
export interface ExportSearch {
  /** The export that is identical. */
  readonly found?: { readonly url: string; readonly name: string };
  /** The modules that could not be looked into, because they are still running their top level. */
  readonly unfinished: readonly string[];
  /** The modules that were not imported, because that might run them. */
  readonly strange: readonly string[];
}

/**
 * Namespaces that were seen, the fallback where a tail call took the calling module off the stack.
 */
const seen = new Map<string, Namespace>();

/**
 * How many turns of the event loop (1 ms or more each) a loaded module may take longer to import
 * than this one.
 */
const SPARE_TURNS = 3;

/**
 * How many turns it may take in all: several times what Deno takes for the first `import()` of a
 * program.
 */
const MAX_TURNS = 40;

/**
 * Looks for a function or class among the exports of modules.
 *
 * @param wanted The function or class.
 * @param urls The modules, the most likely first.
 * @returns The export, and the modules that could not be looked into.
 */
export async function findExport(wanted: object, urls: readonly string[]): Promise<ExportSearch> {
  const unseen = urls.filter((url) => !seen.has(url));
  const unfinished = await importAll(unseen.filter(isLoaded));
  const strange = unseen.filter((url) => !isLoaded(url));
  const tool = toolModules();
  for (const url of new Set([...urls, ...seen.keys(), ...tool.keys()])) {
    const name = exportName(tool.get(url), wanted) ?? exportName(seen.get(url), wanted);
    if (name !== undefined) return { found: { url, name }, unfinished, strange };
  }
  return { unfinished, strange };
}

/**
 * Gives the exports of a module that was looked into.
 *
 * @param url The module.
 * @returns Its exports, or `undefined` where it was not imported here, or is still running its top
 * level.
 */
export function seenNamespace(url: string): Namespace | undefined {
  return toolModules().get(url) ?? seen.get(url);
}

/**
 * Keeps the exports of a module that something was found in.
 *
 * @param url The module.
 * @param namespace Its exports.
 */
export function keepNamespace(url: string, namespace: Namespace): void {
  seen.set(url, namespace);
}

/**
 * Imports modules as far as they are ready, and gives the others. Those that fail are no modules
 * that a worker could import.
 */
async function importAll(urls: readonly string[]): Promise<string[]> {
  if (urls.length === 0) return [];
  // Its main module waits in `freezeSupport()` wherever it is not the program itself: no child could import it.
  if (runtime.program.isCompiled) return [];
  const waiting = new Set(urls);
  for (const url of urls) {
    import(/* @vite-ignore */ /* webpackIgnore: true */ url).then(
      (namespace: Namespace) => seen.set(url, namespace),
      () => undefined,
    ).finally(() => waiting.delete(url));
  }
  let turnsLeft = MAX_TURNS;
  // In a CommonJS bundle there is no such address, and nothing to wait for.
  import(/* @vite-ignore */ /* webpackIgnore: true */ import.meta.url ?? "node:url").catch(() =>
    undefined
  )
    .finally(() => turnsLeft = Math.min(turnsLeft, SPARE_TURNS));
  for (; turnsLeft > 0 && waiting.size > 0; turnsLeft--) await nextTurn();
  return [...waiting];
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

/**
 * Gives the name by which a module exports something.
 *
 * @param namespace The module's exports.
 * @param wanted The thing.
 * @returns The thing's own name if it is among several.
 */
export function exportName(namespace: Namespace | undefined, wanted: object): string | undefined {
  if (namespace === undefined) return undefined;
  const names = exportNames(namespace).filter((name) => valueOf(namespace, name) === wanted);
  return names.find((name) => name === (wanted as { name?: unknown }).name) ?? names[0];
}

/**
 * Gives the names of a module's exports, `default` last.
 *
 * @param namespace The module's exports.
 * @returns The names; not those that Node adds to a CommonJS module.
 */
export function exportNames(namespace: Namespace): string[] {
  const names = new Set([
    ...Object.getOwnPropertyNames(namespace),
    ...Object.keys(commonExports(namespace)),
  ]);
  const hasDefault = names.has("default");
  for (const name of ["default", WHOLE, "__esModule"]) names.delete(name);
  return hasDefault ? [...names, "default"] : [...names];
}

/** What some runtimes call all that a CommonJS module exports. */
const WHOLE = "module.exports";

/**
 * All that a CommonJS module exports, where the runtime tells it; its namespace has only those names that the runtime found in the
 * module's text.
 */
function commonExports(namespace: Namespace): Namespace {
  try {
    const whole = Object.hasOwn(namespace, WHOLE) ? namespace[WHOLE] : null;
    const isObject = typeof whole === "object" && whole !== null;
    return isObject || typeof whole === "function" ? whole as Namespace : {};
  } catch {
    // A module that calls an export of its own so, and has not come to it yet.
    return {};
  }
}

/** Whether these are the exports of a module that a compiler made a CommonJS one, so that its `default` stands in them. */
function isCompiled(exports: unknown): exports is { readonly default: unknown } {
  return typeof exports === "object" && exports !== null &&
    (exports as Namespace).__esModule === true && Object.hasOwn(exports, "default");
}

/**
 * Reads an export.
 *
 * @param namespace The module's exports.
 * @param name The name.
 * @returns The value, or `undefined` also where the module has not come to it yet.
 */
export function valueOf(namespace: Namespace, name: string): unknown {
  try {
    if (!Object.hasOwn(namespace, name)) {
      const common = commonExports(namespace);
      return Object.hasOwn(common, name) ? common[name] : undefined;
    }
    const value = namespace[name];
    return name === "default" && isCompiled(value) ? value.default : value;
  } catch {
    return undefined;
  }
}
