/**
 * Why a value cannot be sent, and where in it the reason stands. The path is built while the error
 * passes through the containers, from the inside to the outside, so that a value that can be sent
 * pays nothing for it.
 *
 * @module
 */

import { FreeVariableError, SerializationError } from "../errors.ts";
import { claimClass, otherCopy } from "./copies.ts";
import { define } from "./define.ts";
import { isNative } from "./realms.ts";

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
const LONGEST_PATH = 50;

/**
 * A step of a path, written out only in the end: there may be no stack left for it where the error
 * passes by.
 */
interface Step {
  format: (key: never) => string;
  key: unknown;
}

/**
 * What the codec throws inside; {@linkcode toSerializationError} makes the error for the caller of
 * it.
 */
export class Refusal extends Error {
  /** The path, its last step first. */
  readonly steps: Step[] = [];
}

/**
 * Adds a step to the path of an error that passes through a container.
 *
 * @typeParam Key How the kind of container names its parts.
 * @param error What was thrown; anything but a refusal comes from a getter or a method of the
 *   value.
 * @param format Writes the step out, for example as `.user`.
 * @param key Which part of the container failed.
 * @returns The error to throw on.
 */
export function refusalAt<Key>(error: unknown, format: (key: Key) => string, key: Key): Refusal {
  const refusal = toRefusal(error);
  refusal.steps.push({ format, key });
  return refusal;
}

/**
 * Makes the error that the caller sees.
 *
 * @param error What was thrown.
 * @param root What the caller calls the whole value, for example `args`.
 * @returns The error. A path of more than 50 steps is shortened in its middle. A function in the value that cannot be named
 *   for another process is refused as everywhere else.
 */
export function toSerializationError(
  error: unknown,
  root: string,
): SerializationError | FreeVariableError {
  const { steps, message, cause } = toRefusal(error);
  if (cause instanceof FreeVariableError) return cause;
  const path = root + formatPath(steps.reverse());
  const result = new SerializationError(`Cannot send ${path}: ${message}`, path);
  if (cause !== undefined) define(result, "cause", cause, false);
  return result;
}

/**
 * Writes the step to a field as it would stand in a program.
 *
 * @param key The field's name.
 * @returns The step: `.key` or `["a key"]`.
 */
export function fieldStep(key: string): string {
  return IDENTIFIER.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/**
 * Writes the step to an element of an array.
 *
 * @param index The element's index.
 * @returns The step: `[0]`.
 */
export function indexStep(index: number): string {
  return `[${index}]`;
}

/**
 * Writes the step to a key of a map.
 *
 * @param index Which key it is.
 * @returns The step: `.keys()[0]`.
 */
export function keyStep(index: number): string {
  return `.keys()[${index}]`;
}

/**
 * Writes the step to a value of a set.
 *
 * @param index Which value it is.
 * @returns The step: `.values()[0]`.
 */
export function valueStep(index: number): string {
  return `.values()[${index}]`;
}

/**
 * Writes the step to a map's value as it would stand in a program.
 *
 * @param entry The key, and which entry it is, for keys that cannot be written down.
 * @returns The step: `.get("key")` or `.values()[0]`.
 */
export function entryStep({ key, index }: { key: unknown; index: number }): string {
  if (typeof key === "string") return `.get(${JSON.stringify(key)})`;
  if (typeof key === "bigint") return `.get(${key}n)`;
  if (typeof key === "object" && key !== null || typeof key === "symbol") return valueStep(index);
  return `.get(${Object.is(key, -0) ? "-0" : String(key)})`;
}

/** Why the instances of some classes are never sent, by the prototypes of the classes. */
const reasons = new Map<object, string>();

/**
 * Says why the instances of a class cannot be sent, and of its subclasses: no registering would help.
 *
 * @param prototype The prototype of the class.
 * @param reason Why, and what to do.
 */
export function refuseInstances(prototype: object, reason: string): void {
  reasons.set(prototype, reason);
  claimClass(prototype);
}

/**
 * Refuses a value, with the remedy where there is one.
 *
 * @param value What cannot be sent.
 * @returns The error.
 */
export function refuse(value: unknown): Refusal {
  if (typeof value === "function") return new Refusal(functionReason(value));
  if (typeof value === "symbol") {
    return new Refusal(`${String(value)} means something in this process only; use Symbol.for(…)`);
  }
  const prototype = Object.getPrototypeOf(value);
  const reason = reasonOf(prototype) ?? (prototype === null ? undefined : otherCopy(prototype));
  if (reason !== undefined) return new Refusal(reason);
  const { constructor }: { constructor: unknown } = prototype;
  const tag = tagOf(value);
  if (typeof constructor !== "function" || (constructor === Object && tag !== "Object")) {
    return unsendable(tag);
  }
  if (constructor === Object) return unsendable("an object with a prototype of its own");
  const name = constructor.name;
  if (name === "Promise") return unsendable("a Promise", "; await it first");
  if (name === "SharedArrayBuffer") {
    return new Refusal(
      "this SharedArrayBuffer is not known to other processes; use SharedMemory, RawArray or Array",
    );
  }
  const builtIn = isNative(constructor) ||
    (globalThis as Record<string, unknown>)[name] === constructor;
  return builtIn ? unsendable(name) : new Refusal(classReason(name));
}

function formatPath(steps: Step[]): string {
  const texts = steps.map(({ format, key }) => format(key as never));
  if (texts.length > LONGEST_PATH) texts.splice(LONGEST_PATH / 2, texts.length - LONGEST_PATH, "…");
  return texts.join("");
}

function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof RangeError && error.message.includes("call stack")) {
    return new Refusal("it is nested too deeply for the stack that is left", { cause: error });
  }
  return new Refusal(
    `reading it failed: ${error instanceof Error ? error.message : String(error)}`,
    { cause: error },
  );
}

function reasonOf(prototype: object | null): string | undefined {
  if (prototype === null) return undefined;
  return reasons.get(prototype) ?? reasonOf(Object.getPrototypeOf(prototype));
}

function unsendable(what: string, remedy: string = ""): Refusal {
  return new Refusal(`${what} cannot be sent to another process${remedy}`);
}

function functionReason(value: { name: string }): string {
  const what = /^class\b/.test(Function.prototype.toString.call(value)) ? "class" : "function";
  const name = value.name === "" ? `a ${what} without a name` : `${what} ${value.name}`;
  return `${name} cannot be sent as a value; send what names it: ref(…) or capture(…)`;
}

function classReason(name: string): string {
  if (name === "") {
    return "it is an instance of a class without a name; give it one and register it";
  }
  return `it is an instance of ${name}, which is not registered; ` +
    `call register(import.meta.url, { ${name} }) in the module that defines it`;
}

/** For example `Generator`, of an object that has no constructor to name. */
function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}
