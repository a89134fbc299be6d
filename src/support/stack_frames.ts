/**
 * The frames of the stack as the engine has them, not as a text: names with blanks, brackets or percent signs stay whole, and
 * a source map does not put a name in that no module has.
 *
 * @module
 */

/**
 * More frames than a user's program has between its own module and this library, but not the whole
 * of a deep recursion.
 */
const MAX_FRAMES = 64;

/** What V8 gives for one frame, and JavaScriptCore under Bun too. */
export interface Frame {
  getFileName(): string | null | undefined;
  isEval?(): boolean;
  getScriptNameOrSourceURL?(): string | null | undefined;
}

type Formatter = ((error: Error, frames: Frame[]) => unknown) | undefined;
type Host = { prepareStackTrace?: Formatter; stackTraceLimit?: number };

/**
 * Takes the stack's frames through V8's hook, and leaves the hook and the limit as the user's
 * program set them.
 *
 * @returns The frames, that of whoever calls this first; none in a program that froze `Error`.
 */
export function currentFrames(): Frame[] {
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
  return frames.slice(1);
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

/**
 * Tells which module a frame is of.
 *
 * @param frame The frame.
 * @returns How the runtime names the module, by its URL or path; `undefined` for the runtime's own code, and evaluated text.
 */
export function moduleName(frame: Frame): string | undefined {
  // Deno gives a path as the file's name; its script name is the URL, with the query.
  const names = [frame.getScriptNameOrSourceURL?.(), frame.getFileName()];
  return names.find((name) => toModuleUrl(name) !== undefined) ?? undefined;
}

/**
 * Makes a URL of a module's name.
 *
 * @param name Its URL, or an absolute path.
 * @returns The URL; `undefined` where the name is neither.
 */
export function toModuleUrl(name: string | null | undefined): string | undefined {
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
 * The file that the calling module runs from: to be called while that is evaluated. `import.meta.url` tells it where nothing was
 * bundled; but a bundler may have replaced it by the address that the module had where the bundle was made, or by nothing.
 *
 * @param told What `import.meta.url` says; taken where the stack says nothing.
 * @returns The URL; `undefined` where nobody knows.
 */
export function runningFile(told: string | undefined): string | undefined {
  const frames = currentFrames();
  // The first is of this function, which may be in another file, or have been dissolved by a minifier.
  for (const frame of [...frames.slice(1), ...frames]) {
    const url = toModuleUrl(moduleName(frame));
    if (url !== undefined) return url;
  }
  return told;
}
