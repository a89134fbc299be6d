/**
 * Errors, both directions.
 *
 * An error is rebuilt without running its constructor: with the right prototype, then its
 * properties one by one, those that engines and constructors make (`message`, `stack`, `cause` …)
 * hidden from enumeration as they were. An error of a class that the other side cannot know arrives
 * as the nearest class that it does know, under the name of its own class. An error of a class that
 * a module exports says both: what the class is, and what it is to who does not know it.
 *
 * The properties are written as two lists of fields, the hidden ones and the enumerable ones.
 *
 * @module
 */

import * as errors from "../errors.ts";
import { define } from "./define.ts";
import { exportedErrorOf, keyOfExportedError } from "./exported_errors.ts";
import { localTwin } from "./realms.ts";
import { type Class, classOfKey, keyOfPrototype, UnknownClassError } from "./registry.ts";
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
const CLASSES: ReadonlyMap<string, Class> = errorClasses();
/** The same, by prototype. */
const NAMES: ReadonlyMap<object, string> = new Map(
  [...CLASSES].map(([name, { prototype }]) => [prototype, name]),
);

/**
 * The nearest class of an error that the receiver has: a known one by its name, or a registered one
 * by its key.
 */
interface NearestClass {
  name?: string;
  key?: string;
  prototype: object;
  /** A nearer one that the receiver may have. */
  exported?: ExportedClass | null;
}

/** A class that a module exports. */
interface ExportedClass {
  key: string;
  /** Its prototype; `null` where the class is not known here. */
  prototype: object | null;
  /** What errors of the class inherit, where it is not known here. */
  inherited?: Record<string, unknown>;
}

/** Errors that came here and whose classes are not known here: they may go on to where they are. */
const relayed = new WeakMap<object, ExportedClass>();

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
  const exported = nearest.exported ?? relayed.get(error);
  if (exported && name !== DOM_EXCEPTION) {
    writeExported(writer, error as Error, prototype, nearest, exported);
    return true;
  }
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
  return readProperties(reader, makeNamed(readText(reader)));
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
 * Reads what follows `Tag.ExportedError`.
 *
 * @param reader Where from.
 * @returns The error.
 */
export function readExportedError(reader: ValueReader): object {
  const key = readText(reader);
  const nearest = readText(reader);
  const exported = exportedErrorOf(key);
  if (exported !== undefined) return readProperties(reader, make(exported), {}, true);
  const error = makeNearest(nearest);
  const inherited: Record<string, unknown> = {};
  relayed.set(error, { key, prototype: null, inherited });
  return readProperties(reader, error, inherited, false);
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

function errorClasses(): Map<string, Class> {
  const here = globalThis as Record<string, unknown>;
  const named = [...BUILT_IN.map((name) => [name, here[name]] as const), ...Object.entries(errors)];
  return new Map(named.filter((entry): entry is [string, Class] => isErrorClass(entry[1])));
}

function isErrorClass(value: unknown): boolean {
  return typeof value === "function" && (value === Error || value.prototype instanceof Error);
}

function nearestClass(prototype: object): NearestClass | null {
  let registered: NearestClass | null = null;
  let exported: ExportedClass | null = null;
  for (let next: object | null = prototype; next !== null; next = Object.getPrototypeOf(next)) {
    const name = NAMES.get(next) ?? NAMES.get(localTwin(next));
    if (name !== undefined) return { ...registered ?? { name, prototype: next }, exported };
    if (registered !== null) continue;
    const key = keyOfPrototype(next);
    if (key !== undefined) registered = { key, prototype: next };
    else exported ??= exportedClass(next);
  }
  return null;
}

function writeExported(
  writer: ValueWriter,
  error: Error,
  prototype: object,
  nearest: NearestClass,
  exported: ExportedClass,
): void {
  const inherited = inheritedProperties(error, prototype, nearest);
  // Where the class is not known, what it inherits was made the error's own.
  const known = { prototype: exported.prototype ?? prototype };
  const hidden = hiddenProperties(error, prototype, known);
  for (const [key, value] of Object.entries(exported.inherited ?? {})) {
    if (hidden[key] !== value) continue;
    inherited[key] = value;
    delete hidden[key];
  }
  writer.writeByte(Tag.ExportedError);
  writeText(writer, exported.key);
  writeText(writer, nearest.key ?? nearest.name!);
  writer.writeFields(inherited);
  writer.writeFields(hidden);
  writer.writeFields(error);
}

function exportedClass(prototype: object): ExportedClass | null {
  const key = keyOfExportedError(prototype);
  return key === undefined ? null : { key, prototype };
}

function hiddenProperties(
  error: Error,
  prototype: object,
  nearest: NearestClass,
): Record<string, unknown> {
  const hidden = inheritedProperties(error, prototype, nearest);
  for (const key of HIDDEN) {
    const own = Object.getOwnPropertyDescriptor(error, key);
    if (own !== undefined && !own.enumerable) {
      hidden[key] = (error as unknown as Record<string, unknown>)[key];
    }
  }
  return hidden;
}

/**
 * What stands in the prototype of a class that the receiver does not have must come with the error
 * itself.
 */
function inheritedProperties(
  error: Error,
  prototype: object,
  nearest: NearestClass,
): Record<string, unknown> {
  const inherited: Record<string, unknown> = {};
  if (prototype === nearest.prototype || nearest.name === DOM_EXCEPTION) return inherited;
  if (!Object.hasOwn(error, "name")) inherited.name = nameOf(error, prototype, nearest);
  if (!Object.hasOwn(error, "message")) inherited.message = error.message;
  return inherited;
}

function nameOf(error: Error, prototype: object, nearest: NearestClass): string {
  const { name } = error;
  return name === (nearest.prototype as Error).name ? prototype.constructor.name || name : name;
}

/** Makes an error of a class without running its constructor. */
function make(constructor: Class): object {
  return Reflect.construct(Error, [], constructor);
}

/** Makes an error of one of the classes that every receiver knows. */
function makeNamed(name: string): object {
  const known = CLASSES.get(name);
  const error = make(known ?? Error);
  // One of the newer built-in classes, from a runtime that has it.
  if (known === undefined) define(error, "name", name, false);
  return error;
}

/** Makes an error of a class by its name or key; a key is an address, which no name looks like. */
function makeNearest(nearest: string): object {
  if (!nearest.includes("#")) return makeNamed(nearest);
  const registered = classOfKey(nearest);
  if (registered === undefined) throw new UnknownClassError(nearest);
  return make(registered);
}

/**
 * Reads the properties of an error.
 *
 * @param reader Where from.
 * @param error The error.
 * @param inherited Takes what the error's own class has in its prototype; `null` where nothing such
 * was written.
 * @param isKnown Whether the class is known here, so that the error inherits it here, too.
 * @returns The error.
 */
function readProperties(
  reader: ValueReader,
  error: object,
  inherited: Record<string, unknown> | null = null,
  isKnown: boolean = true,
): object {
  reader.enter();
  reader.remember(error);
  if (inherited !== null) {
    for (const key of reader.readShape()) {
      const value = reader.readValue();
      define(inherited, key, value);
      if (!isKnown) define(error, key, value, false);
    }
  }
  for (const enumerable of [false, true]) {
    for (const key of reader.readShape()) {
      define(error, key, reader.readValue(), enumerable);
      if (inherited !== null) delete inherited[key];
    }
  }
  reader.leave();
  return error;
}
