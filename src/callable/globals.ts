/**
 * Which names a function may use without having them of its own, because every process has them.
 *
 * What a program itself put on `globalThis` does not count: the other process has run nothing of
 * that program. Such a name is written `globalThis.name` in the function, if an initializer sets it
 * in every worker.
 *
 * Lower-case names count only if they stand here, since browser-like runtimes have globals such as
 * `name`, `prompt` or `close` that a program rather has variables of that name for. Of the others,
 * whatever this runtime itself defines counts too.
 *
 * @module
 */
import { isNativeText, textOf } from "./function_text.ts";

const LANGUAGE = `
  undefined NaN Infinity globalThis eval isFinite isNaN parseFloat parseInt decodeURI
  decodeURIComponent encodeURI encodeURIComponent escape unescape Object Function Boolean Symbol
  Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError
  SuppressedError Number BigInt Math Date String RegExp Array Int8Array Uint8Array
  Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array
  Float16Array Float32Array Float64Array Map Set WeakMap WeakSet WeakRef FinalizationRegistry
  ArrayBuffer SharedArrayBuffer Atomics DataView JSON Promise Reflect Proxy Iterator AsyncIterator
  Intl Temporal DisposableStack AsyncDisposableStack WebAssembly
`;

const PLATFORM = `
  console fetch structuredClone queueMicrotask setTimeout clearTimeout setInterval clearInterval
  setImmediate clearImmediate atob btoa crypto performance navigator reportError global URL
  URLSearchParams URLPattern AbortController AbortSignal Event EventTarget
  CustomEvent MessageEvent ErrorEvent CloseEvent PromiseRejectionEvent DOMException TextEncoder
  TextDecoder TextEncoderStream TextDecoderStream CompressionStream DecompressionStream
  ReadableStream ReadableStreamDefaultReader ReadableStreamBYOBReader WritableStream
  WritableStreamDefaultWriter TransformStream ByteLengthQueuingStrategy CountQueuingStrategy Blob
  File FormData Headers Request Response WebSocket EventSource MessageChannel MessagePort
  BroadcastChannel Worker Crypto CryptoKey SubtleCrypto Performance PerformanceEntry
  PerformanceMark PerformanceMeasure PerformanceObserver
`;

// What tells the runtimes and their threads apart: asked for by `typeof`, also where it does not
// exist.
const HOSTS = `
  process Buffer Deno Bun WorkerGlobalScope DedicatedWorkerGlobalScope EdgeRuntime HTMLRewriter
`;

const KNOWN: ReadonlySet<string> = new Set(
  `${LANGUAGE} ${PLATFORM} ${HOSTS}`.split(/\s+/).filter((name) => name !== ""),
);

/** Globals of some runtime that nobody can construct, with the names of exports of this library. */
const AMBIGUOUS: ReadonlySet<string> = new Set(["Lock"]);

/**
 * Tells whether a name is a global variable of every process.
 *
 * @param name The name.
 * @returns Whether a function may use it in another process without further ado.
 */
export function isGlobal(name: string): boolean {
  return KNOWN.has(name) || (/^[A-Z]/.test(name) && !AMBIGUOUS.has(name) && isBuiltIn(name));
}

/**
 * Whether this runtime itself defined a global, as far as it can be seen: a program's own are plain
 * and enumerable.
 */
function isBuiltIn(name: string): boolean {
  const property = Object.getOwnPropertyDescriptor(globalThis, name);
  if (property === undefined) return false;
  if (!property.enumerable || property.get !== undefined) return true;
  return typeof property.value === "function" && isNativeText(textOf(property.value));
}

/**
 * Getters on `globalThis` that may be read: others warn, or load what the program does not need
 * (`process`: 20 ms on Deno).
 */
const READABLE: ReadonlySet<string> = new Set(
  "Buffer crypto performance atob btoa fetch setTimeout structuredClone".split(" "),
);

/** Whose members the runtime makes only when they are looked at. */
const HEAVY: ReadonlySet<string> = new Set("Bun Deno console process".split(" "));

/**
 * Finds the expression by which a function that the runtime itself provides is reached: `parseInt`,
 * `Math.sqrt`.
 *
 * @param fn The function.
 * @param name Its name: the runtime's own functions stand under their names.
 * @returns The expression, or `undefined` if no global leads to the function in one or two steps.
 */
export function globalPath(fn: object, name: string): string | undefined {
  if (KNOWN.has(name) && currentGlobal(name) === fn) return name;
  for (const holder of KNOWN) {
    const value = currentGlobal(holder);
    if (typeof value !== "function" && (typeof value !== "object" || value === null)) continue;
    const key = keysToTry(holder, value, name).find((key) => plainValue(value, key) === fn);
    if (key !== undefined && /^[\w$]+$/.test(key)) return `${holder}.${key}`;
  }
  return undefined;
}

/**
 * Some functions have no name, as `Buffer.from` on Bun. To look at all members of the heavy ones
 * takes 20 ms.
 */
function keysToTry(holder: string, value: object, name: string): string[] {
  if (name !== "") return [name];
  return HEAVY.has(holder) ? [] : Object.getOwnPropertyNames(value);
}

/** A known global's value; not the ways by which `globalThis` holds itself. */
function currentGlobal(name: string): unknown {
  const value = READABLE.has(name)
    ? (globalThis as Record<string, unknown>)[name]
    : plainValue(globalThis, name);
  return value === globalThis ? undefined : value;
}

function plainValue(holder: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(holder, key)?.value;
}
