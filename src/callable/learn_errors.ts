/**
 * Errors of classes that nobody registered, but their module exports: a worker knows these classes
 * when it has taken a function from the module (see `unpack_function.ts`). Who gives the function to
 * workers learns them before the first task is sent, so that they are known when an error comes.
 *
 * Looked into are only modules that are loaded here: nobody here can have the classes of others.
 *
 * @module
 */
import { addExportedErrors, hasExportedErrors } from "../codec/exported_errors.ts";
import type { Answer, CallSite } from "./analyze_once.ts";
import { BoundedMap } from "./bounded_map.ts";
import type { PackedFunction, PackedRef } from "./packed_function.ts";
import { seenNamespace } from "./module_exports.ts";
import { importsFrom, mayExportSubclasses, readSource } from "./module_source.ts";
import { exportsSoFar } from "./exports_so_far.ts";
import { registeredMember } from "./register.ts";

/** The functions whose modules were looked into, or cannot be. */
const learned = new WeakSet<PackedFunction>();
/** The last of them, which the next call is likely to be about, too. */
let latest: PackedFunction | null = null;
/** Modules that are being looked into, or could not be. */
const looks = new Map<string, Promise<void>>();
/** Whether a module imports from another: by both addresses. */
const imports = new BoundedMap<string, Promise<boolean>>(1_000);

/**
 * Sees to it that the errors that a function may throw are known: those of classes that the
 * function's module exports.
 *
 * Must be called synchronously by the function that the user called, as `packFunction()`.
 *
 * @param packed The packed function, maybe later.
 * @param callSite Gives the calling modules; asked only if the answer may depend on it.
 * @returns The same: at once if there is nothing to be learned.
 */
export function withErrorClasses(
  packed: Answer<PackedFunction>,
  callSite: CallSite,
): Answer<PackedFunction> {
  if (packed === latest) return packed;
  if (packed instanceof Promise) {
    const sites = callSite();
    return packed.then((known) => learn(known, () => sites));
  }
  if (packed.kind === "text") return packed;
  if (!learned.has(packed)) return learn(packed, callSite);
  latest = packed;
  return packed;
}

function learn(packed: PackedFunction, callSite: CallSite): Answer<PackedFunction> {
  const unknown = refsOf(packed).filter(({ url }) => !isKnown(url));
  if (unknown.length === 0) {
    learned.add(packed);
    return packed;
  }
  const sites = callSite();
  return Promise.all(unknown.map((ref) => learnModule(ref, sites))).then(() => {
    learned.add(packed);
    return packed;
  });
}

function refsOf(packed: PackedFunction): PackedRef[] {
  if (packed.kind === "ref") return [packed];
  return packed.kind === "text"
    ? []
    : Object.values(packed.callables ?? {}).flatMap((part) => refsOf(part));
}

/** Where the module's exports were seen before, all is known at once. */
function isKnown(url: string): boolean {
  if (hasExportedErrors(url)) return true;
  const seen = seenNamespace(url);
  if (seen !== undefined) addExportedErrors(url, seen);
  return seen !== undefined;
}

async function learnModule({ url, name }: PackedRef, sites: readonly string[]): Promise<void> {
  const isHere = sites.includes(url) || registeredMember(url, name) !== undefined;
  if (!isHere && !await isImported(url, sites)) return;
  let look = looks.get(url);
  if (look === undefined) looks.set(url, look = lookInto(url));
  await look;
}

async function lookInto(url: string): Promise<void> {
  const source = await readSource(url);
  if (source !== undefined && !mayExportSubclasses(source)) return;
  const exports = await exportsSoFar(url);
  if (exports !== undefined) addExportedErrors(url, exports);
}

/** Whether a calling module imports something from a module, which has run then. */
async function isImported(url: string, sites: readonly string[]): Promise<boolean> {
  // To look at a CommonJS module can be to run it, and a compiler may have dropped the import.
  if (/\.c[jt]s$/.test(url)) return false;
  for (const site of sites) {
    const key = `${site} ${url}`;
    const known = imports.get(key);
    const answer = known ??
      readSource(site).then((source) => source !== undefined && importsFrom(source, url, site));
    if (known === undefined) imports.set(key, answer);
    if (await answer) return true;
  }
  return false;
}
