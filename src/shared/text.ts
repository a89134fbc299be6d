/**
 * Arrays of bytes and of characters: what they have besides their elements.
 *
 * @module
 */

import { show } from "../support/options.ts";

/** What arrays of the types `c` (bytes) and `u` (characters) have besides. */
export interface SharedText<V> {
  /** The content up to the first zero. What is set is followed by a zero, if there is room. */
  value: V;
}

/** What arrays of the type `c` have besides. */
export interface SharedBytes extends SharedText<Uint8Array> {
  /** All bytes, as a copy. */
  raw: Uint8Array;
}

/** The class of a typed array, of any type. A class expression that extends such a type must take any arguments. */
// deno-lint-ignore no-explicit-any
export type AnyViewClass = new (...args: any[]) => Int8Array;

/**
 * Adds what arrays of bytes and of characters have besides.
 *
 * @param name The name of the type.
 * @param View The class of its arrays.
 * @returns A subclass, or the class itself for other types.
 */
export function addText(name: string, View: AnyViewClass): AnyViewClass {
  if (name === "c") return addBytes(View);
  return name === "u" ? addCharacters(View) : View;
}

function addBytes(View: AnyViewClass): AnyViewClass {
  return class extends View {
    get value(): Uint8Array {
      return Uint8Array.from(upToZero(this));
    }

    set value(bytes: Uint8Array) {
      setText(this, checkBytes(bytes));
    }

    get raw(): Uint8Array {
      return Uint8Array.from(this);
    }

    set raw(bytes: Uint8Array) {
      this.set(checkRoom(this, checkBytes(bytes)));
    }
  };
}

function addCharacters(View: AnyViewClass): AnyViewClass {
  return class extends View {
    get value(): string {
      return Array.from(upToZero(this), (code) => String.fromCodePoint(code)).join("");
    }

    set value(text: string) {
      if (typeof text !== "string") {
        throw new TypeError(`"value" must be a text, got ${show(text)}`);
      }
      setText(this, Array.from(text, (character) => character.codePointAt(0)!));
    }
  };
}

function upToZero(array: Int8Array): Int8Array {
  const end = array.indexOf(0);
  return array.slice(0, end < 0 ? array.length : end);
}

function setText(array: Int8Array, content: ArrayLike<number>): void {
  array.set(checkRoom(array, content));
  if (content.length < array.length) array[content.length] = 0;
}

function checkBytes(bytes: unknown): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  throw new TypeError(`Expected bytes, got ${show(bytes)}`);
}

function checkRoom(array: Int8Array, content: ArrayLike<number>): ArrayLike<number> {
  if (content.length <= array.length) return content;
  throw new RangeError(`Cannot set ${content.length} elements: the array has ${array.length}`);
}
