/**
 * Errors, both directions.
 *
 * An error is rebuilt without running its constructor: with the right prototype, then its
 * properties one by one, those that engines and constructors make (`message`, `stack`, `cause` …)
 * hidden from enumeration as they were. An error of a class that the other side cannot know arrives
 * as the nearest class that it does know, under the name of its own class.
 *
 * The properties are written as two lists of fields, the hidden ones and the enumerable ones.
 *
 * @module
 */

import * as errors from "../errors.ts";
import { define } from "./define.ts";
import { localTwin } from "./realms.ts";
import { type Class, keyOfPrototype } from "./registry.ts";
import { Tag } from "./tags.ts";
import { readText, writeText } from "./text.ts";
import type { ValueReader } from "./value_reader.ts";
import type { ValueWriter } from "./value_writer.ts";

/** What engines and constructors make, and hide from enumeration. */
const HIDDEN = ["name", "message", "stack", "cause", "errors", "error", "suppressed"];
const DOM_EXCEPTION = "DOMException";
const BUILT_IN = [
  "Error",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
  "AggregateError",
  "SuppressedError",
  DOM_EXCEPTION,
];

/**
 * The classes that every receiver knows, by name; the newer built-in ones only where the runtime
 * has them.
 */
const CLASSES = new Map<string, Class>();
/** The same, by prototype. */
const NAMES = new Map<object, string>();

for (const name of BUILT_IN) addClass(name, (globalThis as Record<string, unknown>)[name]);
for (const [name, value] of Object.entries(errors)) addClass(name, value);

/**
 * The nearest class of an error that the receiver has: a known one by its name, or a registered one
 * by its key.
 */
interface NearestClass {
  name?: string;
  key?: string;
  prototype: object;
}

/**
 * Writes an object as an error, if it is one.
 *
 * @param writer Where to.
 * @param error The object.
 * @param prototype Its prototype.
 * @returns Whether it was one.
 */
export function writeError(writer: ValueWriter, error: object, prototype: object): boolean {
  const nearest = nearestClass(prototype);
  if (nearest === null) return false;
  const { name, key } = nearest;
  if (key !== undefined) {
    writer.writeByte(Tag.ErrorInstance);
    writer.writeClass(key);
  } else if (name === DOM_EXCEPTION) {
    writer.writeByte(Tag.DomException);
    writeText(writer, (error as Error).message);
    writeText(writer, (error as Error).name);
  } else {
    writer.writeByte(Tag.Error);
    writeText(writer, name!);
  }
  writer.writeFields(hiddenProperties(error as Error, prototype, nearest));
  writer.writeFields(error);
  return true;
}

/**
 * Reads what follows `Tag.Error`.
 *
 * @param reader Where from.
 * @returns The error.
 */
export function readError(reader: ValueReader): object {
  const name = readText(reader);
  const known = CLASSES.get(name);
  const error = make(known ?? Error);
  // One of the newer built-in classes, from a runtime that has it.
  if (known === undefined) define(error, "name", name, false);
  return readProperties(reader, error);
}

/**
 * Reads what follows `Tag.ErrorInstance`.
 *
 * @param reader Where from.
 * @returns The error.
 */
export function readErrorInstance(reader: ValueReader): object {
  return readProperties(reader, make(reader.readClass()));
}

/**
 * Reads what follows `Tag.DomException`.
 *
 * @param reader Where from.
 * @returns The error.
 */
export function readDomException(reader: ValueReader): object {
  const message = readText(reader);
  return readProperties(reader, new DOMException(message, readText(reader)));
}

function addClass(name: string, value: unknown): void {
  if (typeof value !== "function" || !(value === Error || value.prototype instanceof Error)) return;
  CLASSES.set(name, value);
  NAMES.set(value.prototype, name);
}

function nearestClass(prototype: object): NearestClass | null {
  let registered: NearestClass | null = null;
  for (let next: object | null = prototype; next !== null; next = Object.getPrototypeOf(next)) {
    const name = NAMES.get(next) ?? NAMES.get(localTwin(next));
    if (name !== undefined) return registered ?? { name, prototype: next };
    const key = keyOfPrototype(next);
    if (key !== undefined) registered ??= { key, prototype: next };
  }
  return null;
}

function hiddenProperties(
  error: Error,
  prototype: object,
  nearest: NearestClass,
): Record<string, unknown> {
  const hidden: Record<string, unknown> = {};
  for (const key of HIDDEN) {
    const own = Object.getOwnPropertyDescriptor(error, key);
    if (own !== undefined && !own.enumerable) {
      hidden[key] = (error as unknown as Record<string, unknown>)[key];
    }
  }
  // What stands in the prototype of a class that the receiver does not have must come with the
  // error itself.
  const derived = prototype !== nearest.prototype && nearest.name !== DOM_EXCEPTION;
  if (derived && !Object.hasOwn(error, "name")) hidden.name = nameOf(error, prototype, nearest);
  if (derived && !Object.hasOwn(error, "message")) hidden.message = error.message;
  return hidden;
}

function nameOf(error: Error, prototype: object, nearest: NearestClass): string {
  const { name } = error;
  return name === (nearest.prototype as Error).name ? prototype.constructor.name || name : name;
}

/** Makes an error of a class without running its constructor. */
function make(constructor: Class): object {
  return Reflect.construct(Error, [], constructor);
}

function readProperties(reader: ValueReader, error: object): object {
  reader.enter();
  reader.remember(error);
  for (const enumerable of [false, true]) {
    for (const key of reader.readShape()) define(error, key, reader.readValue(), enumerable);
  }
  reader.leave();
  return error;
}
