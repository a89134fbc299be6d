/**
 * Objects that are not copied: each crosses as a handle, once for each object.
 *
 * @module
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Encoder } from "../../src/codec/encode.ts";
import type { HandleCodec } from "../../src/codec/handles.ts";
import { damage, refusal, roundTrip } from "../support/codec.ts";

class Queue {
  id: number;
  constructor(id: number) {
    this.id = id;
  }
}

class ClosedQueue extends Queue {}

const queues = new Map<number, Queue>();
const arena = new SharedArrayBuffer(1024);
const mapped = new ArrayBuffer(64);

const handles: HandleCodec = {
  toHandle(value) {
    if (value instanceof ClosedQueue) throw new Error("the queue is closed");
    if (value instanceof Queue) return { kind: 1, payload: { id: value.id } };
    if (ArrayBuffer.isView(value) && (value.buffer === arena || value.buffer === mapped)) {
      return { kind: 300, payload: [value.byteOffset, value.byteLength] };
    }
    if (value === arena) return { kind: 2, payload: undefined };
    if (typeof value === "function" && value.name === "known") {
      return { kind: 3, payload: value.name };
    }
    return null;
  },
  fromHandle(kind, payload) {
    if (kind === 1) return queues.get((payload as { id: number }).id)!;
    if (kind === 2) return arena;
    if (kind === 3) return known;
    if (kind === 300) return new Uint8Array(arena, ...(payload as [number, number]));
    throw new Error(`no handle of kind ${kind}`);
  },
  sharedBuffer: (buffer) => buffer === mapped,
};

function known(): void {}

test("handles arrive as the same object, once for each object", () => {
  const queue = new Queue(5);
  queues.set(5, queue);
  const result = roundTrip({
    a: queue,
    b: [queue],
    c: new Map([[queue, arena]]),
    d: known,
    e: known,
  }, handles);
  assert.equal(result.a, queue);
  assert.equal(result.b[0], queue);
  assert.equal(result.c.get(queue), arena);
  assert.deepEqual([result.d, result.e], [known, known]);
});

test("views on memory that others know arrive as views on it, others as copies", () => {
  const view = new Uint8Array(arena, 8, 4);
  const result = roundTrip([view, new Uint8Array(mapped, 16, 4), new Uint8Array(4)], handles);
  assert.deepEqual(result.map((each) => each.buffer === arena), [true, true, false]);
  assert.deepEqual([result[0].byteOffset, result[1].byteOffset], [8, 16]);
});

test("a handle that cannot be sent is refused with its reason and path", () => {
  const error = refusal({ work: [new ClosedQueue(1)] }, "args", handles);
  assert.equal(error.path, "args.work[0]");
  assert.match(error.message, /the queue is closed/);
  assert.match(refusal(new SharedArrayBuffer(8), "value", handles).message, /SharedMemory/);
  assert.match(
    refusal([new Uint8Array(new SharedArrayBuffer(8))], "value", handles).message,
    /value\[0\].*SharedMemory/,
  );
});

test("Decoder.decode() reports a handle that is not known here", () => {
  const bytes = new Uint8Array(64);
  new Encoder(handles).encode([arena], bytes, 0, 64);
  damage(bytes, /handle of kind 2/);
});
