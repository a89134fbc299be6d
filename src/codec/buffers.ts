/**
 * `ArrayBuffer`s and the views on them, both directions.
 *
 * A view brings its own bytes only, unless another view on the buffer or the buffer itself is in
 * the same message: then the buffer comes as a whole, and what was shared is shared again. Node's
 * `Buffer`, which is as a rule a part of a pool of unrelated things, always brings its own bytes
 * only, and arrives as a `Uint8Array`.
 *
 * @module
 */

import { SerializationError } from "../errors.ts";
import { writeHandle } from "./handle_value.ts";
import { Refusal } from "./refusal.ts";
import { Tag } from "./tags.ts";
import type { ValueReader } from "./value_reader.ts";
import type { ValueWriter } from "./value_writer.ts";

/** Makes a view. */
interface ViewConstructor {
  new (buffer: ArrayBufferLike, offset?: number, length?: number): ArrayBufferView;
  readonly prototype: object;
}

/** The kinds of views; a kind's place in the list is its number in a message. */
export const VIEW_NAMES: readonly string[] = [
  "DataView",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
  "Float16Array",
];
const DATA_VIEW = VIEW_NAMES.indexOf("DataView");
const UINT8 = VIEW_NAMES.indexOf("Uint8Array");

/** `Float16Array` is missing on Node 20. */
const CONSTRUCTORS: (ViewConstructor | undefined)[] = VIEW_NAMES.map((name) =>
  (globalThis as unknown as Record<string, ViewConstructor | undefined>)[name]
);

/** The kinds of views that this runtime has: prototype and number. */
export const VIEW_KINDS: readonly (readonly [prototype: object, kind: number])[] = CONSTRUCTORS
  .flatMap((constructor, kind) => constructor === undefined ? [] : [[constructor.prototype, kind]]);

/**
 * Writes an `ArrayBuffer`.
 *
 * @param writer Where to.
 * @param buffer The buffer.
 * @throws {Refusal} When it is detached.
 */
export function writeArrayBuffer(writer: ValueWriter, buffer: ArrayBuffer): void {
  if (writer.handles.sharedBuffer(buffer) && writeHandle(writer, buffer)) return;
  assertAttached(buffer);
  writer.views.comesWhole(buffer);
  writer.writeByte(buffer.resizable ? Tag.ResizableBuffer : Tag.ArrayBuffer);
  if (buffer.resizable) writer.writeCount(buffer.maxByteLength);
  writer.writeBlock(new Uint8Array(buffer));
}

/**
 * Reads what follows `Tag.ArrayBuffer`.
 *
 * @param reader Where from.
 * @returns The buffer.
 */
export function readArrayBuffer(reader: ValueReader): ArrayBuffer {
  const { buffer } = reader.readBlock();
  reader.remember(buffer);
  return buffer;
}

/**
 * Reads what follows `Tag.ResizableBuffer`.
 *
 * @param reader Where from.
 * @returns The buffer.
 */
export function readResizableBuffer(reader: ValueReader): ArrayBuffer {
  const maxByteLength = reader.readCount();
  const content = reader.readBlock();
  const buffer = new ArrayBuffer(content.byteLength, { maxByteLength });
  new Uint8Array(buffer).set(content);
  reader.remember(buffer);
  return buffer;
}

/**
 * Writes a typed array or a `DataView`.
 *
 * @param writer Where to.
 * @param view The view.
 * @param kind The number of its kind.
 * @throws {Refusal} When its memory is detached, or shared and not known to other processes.
 */
export function writeView(writer: ValueWriter, view: ArrayBufferView, kind: number): void {
  const { buffer } = view;
  const shared = isShared(buffer);
  if ((shared || writer.handles.sharedBuffer(buffer)) && writeHandle(writer, view)) return;
  if (shared) throw unknownMemory();
  assertAttached(buffer);
  const lone = !buffer.resizable && !writer.hasWritten(buffer) && writer.views.isLone(buffer);
  if (lone) return writeLoneView(writer, view, kind);
  writer.writeByte(Tag.View);
  writer.writeByte(kind);
  writer.writeCount(view.byteOffset);
  writer.writeCount(buffer.resizable && reachesEnd(view) ? 0 : 1 + lengthOf(view, kind));
  writer.writeValue(buffer);
}

/**
 * Writes a view as a `Uint8Array` of its own bytes.
 *
 * @param writer Where to.
 * @param view The view.
 * @throws {Refusal} When its memory is shared and not known to other processes.
 */
export function writeOwnBytes(writer: ValueWriter, view: ArrayBufferView): void {
  if (isShared(view.buffer)) throw unknownMemory();
  writeLoneView(writer, view, UINT8);
}

/**
 * Reads what follows `Tag.LoneView`.
 *
 * @param reader Where from.
 * @returns The view.
 */
export function readLoneView(reader: ValueReader): ArrayBufferView {
  const View = readConstructor(reader);
  const content = reader.readBlock();
  const view = View === CONSTRUCTORS[UINT8] ? content : new View(content.buffer);
  reader.remember(view);
  return view;
}

/**
 * Reads what follows `Tag.View`.
 *
 * @param reader Where from.
 * @returns The view.
 * @throws {SerializationError} When there is no buffer behind it.
 */
export function readView(reader: ValueReader): ArrayBufferView {
  const number = reader.reserve();
  const View = readConstructor(reader);
  const offset = reader.readCount();
  const length = reader.readCount();
  const buffer = reader.readValue();
  if (!(buffer instanceof ArrayBuffer || isShared(buffer))) {
    throw reader.damaged("a buffer is missing");
  }
  return reader.fulfil(
    number,
    length === 0 ? new View(buffer, offset) : new View(buffer, offset, length - 1),
  );
}

function writeLoneView(writer: ValueWriter, view: ArrayBufferView, kind: number): void {
  writer.writeByte(Tag.LoneView);
  writer.writeByte(kind);
  writer.writeBlock(
    view instanceof Uint8Array
      ? view
      : new Uint8Array(view.buffer, view.byteOffset, view.byteLength),
  );
}

function readConstructor(reader: ValueReader): ViewConstructor {
  const kind = reader.readByte();
  const View = CONSTRUCTORS[kind];
  if (View !== undefined) return View;
  if (kind >= VIEW_NAMES.length) throw reader.damaged("a view of an unknown kind");
  throw new SerializationError(`Cannot rebuild a ${VIEW_NAMES[kind]}: this runtime has none`);
}

/** Counted in elements, or in bytes where there are none. */
function lengthOf(view: ArrayBufferView, kind: number): number {
  return kind === DATA_VIEW
    ? view.byteLength
    : view.byteLength / (view as Uint8Array).BYTES_PER_ELEMENT;
}

/**
 * No runtime tells whether a view grows with its buffer. One that reaches the buffer's end is taken
 * for one that does.
 */
function reachesEnd(view: ArrayBufferView): boolean {
  return view.byteOffset + view.byteLength === view.buffer.byteLength;
}

function isShared(buffer: unknown): buffer is SharedArrayBuffer {
  return typeof SharedArrayBuffer === "function" && buffer instanceof SharedArrayBuffer;
}

/**
 * A detached buffer has no bytes, and no view can be made on it: the one test that all runtimes
 * have.
 */
function assertAttached(buffer: ArrayBufferLike): void {
  if (buffer.byteLength > 0) return;
  try {
    new Uint8Array(buffer);
  } catch {
    throw new Refusal("its memory is detached: it was transferred elsewhere");
  }
}

function unknownMemory(): Refusal {
  return new Refusal(
    "its SharedArrayBuffer is not known to other processes; use SharedMemory, RawArray or Array",
  );
}
