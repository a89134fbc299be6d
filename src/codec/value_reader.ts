/**
 * What the readers of the single kinds share: the tables of one message.
 *
 * @module
 */

import { ByteReader } from "./byte_reader.ts";
import type { HandleCodec } from "./handles.ts";
import { KeyCache } from "./key_cache.ts";
import { type Class, classOfKey, UnknownClassError } from "./registry.ts";
import { ShapeTable } from "./shape_table.ts";
import { MAX_DEPTH } from "./tags.ts";
import { readText } from "./text.ts";

/** More objects than this, and their table is made anew for the next message. */
const KEPT_OBJECTS = 64;

/** Stands in the table for an object that is not there yet. */
const UNFINISHED: unique symbol = Symbol("unfinished");

/** Reads the values of one message. */
export abstract class ValueReader extends ByteReader {
  /** How handles cross. */
  readonly handles: HandleCodec;
  readonly #keys = new KeyCache();
  readonly #shapes = new ShapeTable();
  #classes: Class[] = [];
  #objects: unknown[] = [];
  #count = 0;
  #depth = 0;

  /**
   * Creates a reader.
   *
   * @param handles How handles cross.
   */
  constructor(handles: HandleCodec) {
    super();
    this.handles = handles;
  }

  /**
   * Reads any value.
   *
   * @returns The value.
   * @throws {SerializationError} When the message is damaged.
   */
  abstract readValue(): unknown;

  /** Forgets the message. */
  override release(): void {
    super.release();
    this.#depth = 0;
    // Whatever else is kept is of objects, and each of them has its number first.
    if (this.#count === 0) return;
    this.#shapes.clear();
    if (this.#count > KEPT_OBJECTS) this.#objects = [];
    else for (let i = 0; i < this.#count; i++) this.#objects[i] = undefined;
    if (this.#classes.length > 0) this.#classes = [];
    this.#count = 0;
  }

  /**
   * Gives an object the next number, before anything that may refer to it is read.
   *
   * @param object The object.
   */
  remember(object: object): void {
    this.#objects[this.#count++] = object;
  }

  /**
   * Takes the next number for an object that can only be made later.
   *
   * @returns The number.
   */
  reserve(): number {
    this.#objects[this.#count] = UNFINISHED;
    return this.#count++;
  }

  /**
   * Puts an object under the number that was reserved for it.
   *
   * @param number The number.
   * @param object The object.
   * @returns The object.
   */
  fulfil<T extends object>(number: number, object: T): T {
    this.#objects[number] = object;
    return object;
  }

  /**
   * Reads a reference.
   *
   * @returns The object that it refers to.
   * @throws {SerializationError} When there is none.
   */
  readReference(): unknown {
    const number = this.readCount();
    const object = number < this.#count ? this.#objects[number] : UNFINISHED;
    if (object === UNFINISHED) throw this.damaged("a reference leads nowhere");
    return object;
  }

  /** Goes into a container. After an error nobody need come out again. */
  enter(): void {
    if (++this.#depth > MAX_DEPTH) throw this.damaged(`more than ${MAX_DEPTH} levels of nesting`);
  }

  /** Comes out of a container. */
  leave(): void {
    this.#depth--;
  }

  /**
   * Reads the data of an object that is made from its data.
   *
   * @returns The data.
   */
  readApart(): unknown {
    this.enter();
    const data = this.readValue();
    this.leave();
    return data;
  }

  /**
   * Reads the keys of an object.
   *
   * @returns The keys, in order.
   */
  readShape(): readonly string[] {
    const number = this.readCount();
    if (number < this.#shapes.count) return this.#shapes.at(number);
    if (number > this.#shapes.count) throw this.damaged("a shape is missing");
    const length = this.readLength(2);
    const keys: string[] = [];
    for (let i = 0; i < length; i++) keys.push(this.#keys.read(this));
    this.#shapes.add(keys);
    return keys;
  }

  /**
   * Reads which class follows.
   *
   * @returns The class.
   * @throws {UnknownClassError} When no class is registered under its key.
   */
  readClass(): Class {
    const number = this.readCount();
    if (number < this.#classes.length) return this.#classes[number];
    if (number > this.#classes.length) throw this.damaged("a class is missing");
    const key = readText(this);
    const constructor = classOfKey(key);
    if (constructor === undefined) throw new UnknownClassError(key);
    this.#classes.push(constructor);
    return constructor;
  }
}
