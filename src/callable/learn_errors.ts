/**
 * The caller's side of `error_classes.ts`: who gives a function to workers learns the error classes
 * of its module before the first task is sent, so that they are known when an error comes.
 *
 * Looked into are only modules that are loaded here: nobody here can have the classes of others.
 *
 * @module
 */
import type { Answer, CallSite } from "./analyze_once.ts";
import type { CallableDescriptor, RefDescriptor } from "./descriptor.ts";
import { addErrorClasses, hasErrorClasses } from "./error_classes.ts";
import { seenNamespace } from "./module_exports.ts";
import { importsFrom, readSource } from "./module_source.ts";
import { peek } from "./peek.ts";
import { registeredMember } from "./register.ts";

/** The descriptors of functions whose modules were looked into, or are not to be. */
const learned = new WeakSet<CallableDescriptor>();
/** The last of them, which the next call is likely to be about, too. */
let latest: CallableDescriptor | null = null;
/** The modules that are being looked into. */
const learning = new Map<string, Promise<void>>();

/**
 * Sees to it that the errors that a function may throw are known: those of classes that the
 * function's module exports.
 *
 * Must be called synchronously by the function that the user called, as `describeCallable()`.
 *
 * @param described What names the function.
 * @param callSite Gives the calling modules.
 * @returns The same: at once if there is nothing to be learned.
 */
export function withErrorClasses(
  described: Answer<CallableDescriptor>,
  callSite: CallSite,
): Answer<CallableDescriptor> {
  if (described === latest) return described;
  if (described instanceof Promise) {
    const sites = callSite();
    return described.then((descriptor) => learn(descriptor, sites));
  }
  if (described.kind === "text") return described;
  if (!learned.has(described)) return learn(described, callSite());
  latest = described;
  return described;
}

function learn(
  descriptor: CallableDescriptor,
  sites: readonly string[],
): Answer<CallableDescriptor> {
  const waits = refsOf(descriptor).map((ref) => learnModule(ref, sites))
    .filter((wait) => wait !== undefined);
  if (waits.length > 0) return Promise.all(waits).then(() => finish(descriptor));
  return finish(descriptor);
}

function finish(descriptor: CallableDescriptor): CallableDescriptor {
  learned.add(descriptor);
  return descriptor;
}

function refsOf(descriptor: CallableDescriptor): RefDescriptor[] {
  if (descriptor.kind === "ref") return [descriptor];
  return descriptor.kind === "text"
    ? []
    : Object.values(descriptor.callables ?? {}).flatMap((part) => refsOf(part));
}

function learnModule(
  { url, name }: RefDescriptor,
  sites: readonly string[],
): Promise<void> | undefined {
  if (hasErrorClasses(url)) return undefined;
  const seen = seenNamespace(url);
  if (seen !== undefined) return addErrorClasses(url, seen) as undefined;
  const isHere = sites.includes(url) || registeredMember(url, name) !== undefined;
  let wait = learning.get(url);
  if (wait === undefined) {
    wait = look(url, isHere, sites).finally(() => learning.delete(url));
    learning.set(url, wait);
  }
  return wait;
}

async function look(url: string, isHere: boolean, sites: readonly string[]): Promise<void> {
  if (!isHere && !await isImported(url, sites)) return;
  const namespace = await peek(url);
  if (namespace !== undefined) addErrorClasses(url, namespace);
}

/** Whether a calling module imports something from a module, which has run then. */
async function isImported(url: string, sites: readonly string[]): Promise<boolean> {
  // To look at a CommonJS module can be to run it, and a compiler may have dropped the import.
  if (/\.c[jt]s$/.test(url)) return false;
  for (const site of sites) {
    const source = await readSource(site);
    if (source !== undefined && importsFrom(source, url, site)) return true;
  }
  return false;
}
