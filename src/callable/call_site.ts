/**
 * Which modules are calling: how a function that was given directly is found again by the name of
 * its export.
 *
 * @module
 */
import { runtime } from "../runtime/current.ts";
import { currentFrames, type Frame, moduleName, toModuleUrl } from "../support/stack_frames.ts";

/**
 * The URL under which this library's modules are, if they are apart from the user's. A bundler may
 * have put both into one file; then this is a URL that no module has.
 */
export const LIBRARY_PREFIX: string = libraryPrefix(import.meta.url);

/**
 * Tells from one module of this library where all of them are.
 *
 * @param url The URL of this module, as it is or as a part of something.
 * @returns What the URLs of all modules of this library begin with.
 */
export function libraryPrefix(url: string): string {
  const [source] = /^.*\/(?=callable\/call_site\.[jt]s$)/.exec(url) ?? [];
  const [packaged] =
    /^.*\/@allcores\/multiprocessing\/dist\/(?=(?:(?:chunks|entry)\/)?[^/]*$)/.exec(url) ?? [];
  return source ?? packaged ?? "none:";
}

/**
 * Gives the URLs of the modules whose functions are on the stack, nearest first, each once.
 *
 * Frames of the runtime, of evaluated text and of this library are left out. A frame that ended by a tail call is
 * not on the stack: JavaScriptCore drops it, V8 does not.
 *
 * Costs 2–20 µs, so call it only if the answer is needed. Must be called synchronously by whom the
 * user called.
 *
 * @param skipPrefix What the URLs of the modules to leave out begin with: those of this library.
 * @returns The URLs of the calling modules.
 */
export function callSiteModules(skipPrefix: string = LIBRARY_PREFIX): string[] {
  const urls = new Set<string>();
  for (const frame of currentFrames()) {
    const name = moduleName(frame);
    const url = toModuleUrl(name);
    if (name === undefined || url === undefined || url.startsWith(skipPrefix)) continue;
    urls.add(url);
    if (!loaded.has(url) && !frame.isEval?.() && runtime.program.hasLoaded(name)) loaded.add(url);
  }
  return [...urls];
}

/**
 * Tells whether the runtime itself has loaded a module, so that importing it runs nothing. Else a tool may have evaluated it,
 * as test runners and development servers do, and importing it would evaluate it once more.
 *
 * @param url The module's URL.
 * @returns Whether it surely has: frames of it were seen, or it is known to the runtime.
 */
export function isLoaded(url: string): boolean {
  if (loaded.has(url)) return true;
  const path = pathOf(url);
  return path !== undefined && runtime.program.hasLoaded(path);
}

/**
 * Notes that the runtime itself has loaded a module.
 *
 * @param url The module's URL.
 */
export function noteLoaded(url: string): void {
  loaded.add(url);
}

/** The modules whose frames show that the runtime has loaded them. */
const loaded = new Set<string>();

/** As `fileURLToPath` of `node:url`: see {@linkcode fileUrl}. One with a query is no path. */
function pathOf(url: string): string | undefined {
  const { protocol, pathname, search } = new URL(url);
  if (protocol !== "file:" || search !== "" || /%(?![0-9a-f]{2})/i.test(pathname)) return undefined;
  const path = decodeURIComponent(pathname);
  return /^\/[a-z]:/i.test(path) ? path.slice(1).replaceAll("/", "\\") : path;
}

/**
 * Tells whether this engine forgets who made a tail call, so that `return pool.map(…)` in a
 * function that is not async leaves no trace of its module.
 *
 * @returns Whether tail calls leave no frame.
 */
export function dropsTailCalls(): boolean {
  return callInTailPosition().length <= currentFrames().length;
}

function callInTailPosition(): Frame[] {
  return currentFrames();
}
