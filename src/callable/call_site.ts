/**
 * Which modules are calling: how a function that was given directly is found again by the name of
 * its export.
 *
 * @module
 */
import { runtime } from "../runtime/current.ts";

/**
 * More frames than a user's program has between its own module and this library, but not the whole
 * of a deep recursion.
 */
const MAX_FRAMES = 64;

/** What V8 gives for one frame, and JavaScriptCore under Bun too. */
interface Frame {
  getFileName(): string | null | undefined;
  isEval?(): boolean;
  getScriptNameOrSourceURL?(): string | null | undefined;
}

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
  const [packaged] = /^.*\/@allcores\/multiprocessing\/dist\/(?=[^/]*$)/.exec(url) ?? [];
  return source ?? packaged ?? "none:";
}

type Formatter = ((error: Error, frames: Frame[]) => unknown) | undefined;
type Host = { prepareStackTrace?: Formatter; stackTraceLimit?: number };

/**
 * Gives the URLs of the modules whose functions are on the stack, nearest first, each once.
 *
 * Reads the frames themselves, not the text of a stack: names with blanks, brackets or percent
 * signs stay whole, and a source map does not put a name in that no module has. Frames of the
 * runtime, of evaluated text and of this library are left out. A frame that ended by a tail call is
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
 * Takes the stack's frames through V8's hook, and leaves the hook and the limit as the user's
 * program set them.
 */
function currentFrames(): Frame[] {
  let frames: Frame[] = [];
  const restoreLimit = replace("stackTraceLimit", MAX_FRAMES);
  const restoreFormatter = replace("prepareStackTrace", (_error, seen) => {
    frames = seen;
    return "";
  });
  // Reading is what runs the hook.
  void new Error().stack;
  restoreFormatter();
  restoreLimit();
  return frames;
}

/**
 * Sets a property of `Error`, and gives the way back: an assignment, since that is all that
 * JavaScriptCore takes note of.
 */
function replace<K extends keyof Host>(key: K, value: Host[K]): () => void {
  const host = Error as unknown as Host;
  const isOwn = Object.hasOwn(host, key);
  const former = host[key];
  try {
    host[key] = value;
  } catch {
    // A program that froze `Error` gets no call sites: its functions are named by ref() and
    // register().
    return () => undefined;
  }
  return () => {
    if (isOwn) host[key] = former as Host[K];
    else delete host[key];
  };
}

function moduleName(frame: Frame): string | undefined {
  // Deno gives a path as the file's name; its script name is the URL, with the query.
  const names = [frame.getScriptNameOrSourceURL?.(), frame.getFileName()];
  return names.find((name) => toModuleUrl(name) !== undefined) ?? undefined;
}

function toModuleUrl(name: string | null | undefined): string | undefined {
  if (typeof name !== "string") return undefined;
  if (/^(file|https?|data):/.test(name)) return name;
  const isPath = name.startsWith("/") || /^[a-z]:[\\/]/i.test(name) || name.startsWith("\\\\");
  return isPath ? fileUrl(name) : undefined;
}

/**
 * As `pathToFileURL` of `node:url`, which costs a child milliseconds to load.
 *
 * @param path An absolute path.
 * @returns Its URL.
 */
export function fileUrl(path: string): string {
  const slashes = path.replaceAll("\\", "/");
  const escaped = encodeURI(slashes).replace(/[?#]/g, encodeURIComponent);
  return new URL(/^[a-z]:/i.test(slashes) ? `file:///${escaped}` : `file://${escaped}`).href;
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
