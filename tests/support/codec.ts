/**
 * What the tests of the codec share: a value there and back, its bytes, and how values and
 * bytes are refused.
 *
 * @module
 */

import assert from "node:assert/strict";
import { Decoder } from "../../src/codec/decode.ts";
import { Encoder } from "../../src/codec/encode.ts";
import type { HandleCodec } from "../../src/codec/handles.ts";
import * as errors from "../../src/errors.ts";

const SIZE = 1 << 20;

/** Memory of every kind that bytes can stand in, and what it is. */
export const memories: [string, Uint8Array][] = [
  ["an ArrayBuffer", new Uint8Array(SIZE)],
  ["a SharedArrayBuffer", new Uint8Array(new SharedArrayBuffer(SIZE))],
  [
    "a growable SharedArrayBuffer",
    new Uint8Array(new SharedArrayBuffer(SIZE, { maxByteLength: 2 * SIZE }), 0, SIZE),
  ],
];

/** What arrives of a value that is written and read again. */
export function roundTrip<T>(
  value: T,
  handles?: HandleCodec,
  bytes: Uint8Array = memories[0][1],
): T {
  const encoder = new Encoder(handles);
  const end = encoder.encode(value, bytes, 8, bytes.length);
  assert.ok(end > 8, "it fits");
  const result = new Decoder(handles).decode(bytes, 8, end);
  bytes.fill(0xff, 8, end);
  return result as T;
}

/** The error that a value is refused with; its text begins with the path, and measuring gives the same. */
export function refusal(
  value: unknown,
  root?: string,
  handles?: HandleCodec,
): errors.SerializationError {
  const bytes = memories[0][1];
  const encoder = new Encoder(handles);
  let caught: unknown;
  try {
    encoder.encode(value, bytes, 0, bytes.length, root);
  } catch (error) {
    caught = error;
  }
  assert.ok(
    caught instanceof errors.SerializationError,
    `a SerializationError is thrown, not ${caught}`,
  );
  assert.equal(caught.message.startsWith(`Cannot send ${caught.path}: `), true, caught.message);
  assert.throws(() => encoder.measure(value, root), { message: caught.message });
  return caught;
}

/** Makes sure that bytes are refused with a `SerializationError`, and with such a text. */
export function damage(bytes: Uint8Array, message?: RegExp): void {
  assert.throws(() => new Decoder().decode(bytes, 0, bytes.length), (error) => {
    assert.ok(
      error instanceof errors.SerializationError,
      `a SerializationError is thrown, not ${error}`,
    );
    if (message !== undefined) assert.match(error.message, message);
    return true;
  });
}

/** The bytes of a value, as many as it was measured to need. */
export function encoded(value: unknown): Uint8Array {
  const encoder = new Encoder();
  const bytes = new Uint8Array(encoder.measure(value));
  assert.equal(encoder.encode(value, bytes, 0, bytes.length), bytes.length);
  return bytes;
}

/** An object with own keys that every object inherits. */
export const protoKey = JSON.parse(
  '{"__proto__": {"polluted": true}, "constructor": 1, "toString": 2}',
);
