/**
 * Plain objects and instances of registered classes, both directions.
 *
 * @module
 */

import { SerializationError } from "../errors.ts";
import { define } from "./define.ts";
import { Refusal } from "./refusal.ts";
import { type Class, deserialize, serialize } from "./registry.ts";
import { Tag } from "./tags.ts";
import type { ValueReader } from "./value_reader.ts";
import type { ValueWriter } from "./value_writer.ts";

/** The static methods of a class that turns its instances into data and back by itself. */
interface Serializable {
  [serialize]?: (instance: object) => unknown;
  [deserialize]?: (data: unknown) => object;
}

/**
 * Writes a plain object.
 *
 * @param writer Where to.
 * @param value The object.
 */
export function writePlainObject(writer: ValueWriter, value: object): void {
  writer.writeByte(Tag.Object);
  writer.writeFields(value);
}

/**
 * Reads what follows `Tag.Object`.
 *
 * @param reader Where from.
 * @returns The object.
 */
export function readPlainObject(reader: ValueReader): object {
  reader.enter();
  const object: Record<string, unknown> = {};
  reader.remember(object);
  const keys = reader.readShape();
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    // Assigning to `__proto__` would change what the object is.
    if (key === "__proto__") define(object, key, reader.readValue());
    else object[key] = reader.readValue();
  }
  reader.leave();
  return object;
}

/**
 * Writes an instance of a registered class that turns its instances into data by itself.
 *
 * @param writer Where to.
 * @param value The instance.
 * @param prototype Its prototype.
 * @param key The class's key.
 * @returns Whether the class does so.
 * @throws {Refusal} When the class could not turn the data into an instance again.
 */
export function writeSerialized(
  writer: ValueWriter,
  value: object,
  prototype: object,
  key: string,
): boolean {
  const constructor = prototype.constructor as Class & Serializable;
  if (typeof constructor[serialize] !== "function") return false;
  if (typeof constructor[deserialize] !== "function") {
    throw new Refusal(`${constructor.name} has a static [serialize] but no static [deserialize]`);
  }
  writer.writeByte(Tag.SerializedInstance);
  writer.writeClass(key);
  writer.writeApart(value, constructor[serialize](value));
  return true;
}

/**
 * Reads what follows `Tag.SerializedInstance`.
 *
 * @param reader Where from.
 * @returns The instance.
 * @throws {SerializationError} When the class cannot rebuild it.
 */
export function readSerialized(reader: ValueReader): object {
  const number = reader.reserve();
  const constructor = reader.readClass() as Class & Serializable;
  const data = reader.readApart();
  if (typeof constructor[deserialize] !== "function") {
    throw new SerializationError(
      `Cannot rebuild an instance of ${constructor.name}: it has no static [deserialize] here`,
    );
  }
  return reader.fulfil(number, constructor[deserialize](data));
}

/**
 * Writes an instance of a registered class by its own fields.
 *
 * @param writer Where to.
 * @param value The instance.
 * @param key The class's key.
 */
export function writeInstance(writer: ValueWriter, value: object, key: string): void {
  writer.writeByte(Tag.Instance);
  writer.writeClass(key);
  writer.writeFields(value);
}

/**
 * Reads what follows `Tag.Instance`.
 *
 * @param reader Where from.
 * @returns The instance.
 */
export function readInstance(reader: ValueReader): object {
  reader.enter();
  const number = reader.reserve();
  const { prototype } = reader.readClass();
  const instance: Record<string, unknown> = reader.fulfil(number, Object.create(prototype));
  const keys = reader.readShape();
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    // Assigning would call the class's setter of that name, if there is one.
    if (key in prototype) define(instance, key, reader.readValue());
    else instance[key] = reader.readValue();
  }
  reader.leave();
  return instance;
}
