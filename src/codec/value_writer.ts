/**
 * What the writers of the single kinds share: the tables of one message.
 *
 * @module
 */

import { ByteWriter } from "./byte_writer.ts";
import type { HandleCodec } from "./handles.ts";
import { fieldStep, Refusal, refusalAt } from "./refusal.ts";
import { SeenTable } from "./seen_table.ts";
import { ShapeTable } from "./shape_table.ts";
import { SharedViews } from "./shared_views.ts";
import { MAX_DEPTH, Tag } from "./tags.ts";
import { writeText } from "./text.ts";

/** Writes the values of one message. */
export abstract class ValueWriter extends ByteWriter {
  /** How handles cross. */
  readonly handles: HandleCodec;
  /** Which buffers the message's views share. */
  readonly views: SharedViews = new SharedViews();
  readonly #seen = new SeenTable();
  readonly #shapes = new ShapeTable();
  #classes: string[] = [];
  #apart: object[] = [];
  #depth = 0;

  /**
   * Creates a writer.
   *
   * @param handles How handles cross.
   */
  constructor(handles: HandleCodec) {
    super();
    this.handles = handles;
  }

  /**
   * Writes any value.
   *
   * @param value The value.
   * @throws {Refusal} When it cannot be sent.
   */
  abstract writeValue(value: unknown): void;

  /** Forgets the message. */
  override release(): void {
    super.release();
    // Whatever else is kept is of objects, and each of them is met first.
    if (this.#seen.isEmpty) return;
    this.views.clear();
    this.forget();
  }

  /** Forgets what was written, but not which buffers are shared. */
  protected forget(): void {
    this.#seen.clear();
    this.#shapes.clear();
    if (this.#classes.length > 0) this.#classes = [];
    if (this.#apart.length > 0) this.#apart = [];
    this.#depth = 0;
  }

  /**
   * Writes a reference, if the object was met before.
   *
   * @param value The object.
   * @returns Whether it was met before. If not, it has now the next number.
   */
  writeReference(value: object): boolean {
    const number = this.#seen.find(value);
    if (number < 0) return false;
    if (this.#apart.length > 0 && this.#apart.includes(value)) {
      throw new Refusal("the data that stands for it in a message must not contain it");
    }
    this.writeByte(Tag.Reference);
    this.writeCount(number);
    return true;
  }

  /**
   * Tells whether an object is in the message already.
   *
   * @param value The object.
   * @returns Whether it is.
   */
  hasWritten(value: object): boolean {
    return this.#seen.has(value);
  }

  /** Goes into a container. After an error nobody need come out again. */
  enter(): void {
    if (++this.#depth > MAX_DEPTH) {
      throw new Refusal(`it is nested too deeply, more than ${MAX_DEPTH} levels`);
    }
  }

  /** Comes out of a container. */
  leave(): void {
    this.#depth--;
  }

  /**
   * Writes the data of an object that can only be rebuilt once its data is there, so the data
   * cannot refer to it.
   *
   * @param value The object.
   * @param data Its data.
   */
  writeApart(value: object, data: unknown): void {
    this.enter();
    this.#apart.push(value);
    this.writeValue(data);
    this.#apart.pop();
    this.leave();
  }

  /**
   * Writes the own fields of an object: its shape, then its values.
   *
   * @param value The object.
   */
  writeFields(value: object): void {
    this.enter();
    const keys = Object.keys(value);
    this.#writeShape(keys);
    let i = 0;
    try {
      for (; i < keys.length; i++) this.writeValue((value as Record<string, unknown>)[keys[i]]);
    } catch (error) {
      throw refusalAt(error, fieldStep, keys[i]);
    }
    this.leave();
  }

  /**
   * Writes which class follows: a number, and the class's key when it is new.
   *
   * @param key The key.
   */
  writeClass(key: string): void {
    const number = this.#classes.indexOf(key);
    if (number >= 0) return this.writeCount(number);
    this.writeCount(this.#classes.length);
    this.#classes.push(key);
    writeText(this, key);
  }

  #writeShape(keys: string[]): void {
    const number = this.#shapes.find(keys);
    if (number >= 0) return this.writeCount(number);
    this.writeCount(this.#shapes.count);
    this.#shapes.add(keys);
    this.writeCount(keys.length);
    for (let i = 0; i < keys.length; i++) writeText(this, keys[i]);
  }
}
