/**
 * Which modules the runtime itself has loaded, as far as the built-in modules tell.
 *
 * @module
 */

import { builtin } from "./globals.ts";

/**
 * Tells whether a frame names its module by a URL.
 *
 * @param name The name.
 * @returns Whether it is one, and no path.
 */
export function isUrl(name: string): boolean {
  return /^(file|https?|data):/.test(name);
}

/**
 * Tells whether a module is in the cache of `require()`: CommonJS, and on some runtimes all that is loaded.
 *
 * @param path The module's path.
 * @returns Whether it is.
 */
export function isCached(path: string): boolean {
  const { _cache: cache } = builtin<{ _cache?: Record<string, unknown> }>("node:module");
  return cache !== undefined && Object.hasOwn(cache, path);
}

/**
 * Tells whether this is the thread that the program began in.
 *
 * @returns Whether it is.
 */
export function isMainThread(): boolean {
  return builtin<typeof import("node:worker_threads")>("node:worker_threads").isMainThread;
}

/**
 * Tells whether this code runs in the runtime's own realm: not in a context of `node:vm`, where a tool imports for it.
 *
 * @returns Whether it does.
 */
export function isOwnRealm(): boolean {
  return builtin<{ pathToFileURL: unknown }>("node:url").pathToFileURL instanceof Function;
}
