/**
 * Typed arrays, `DataView`s and buffers over shared memory as handles: they arrive over the same memory.
 *
 * @module
 */

import { VIEW_NAMES } from "../codec/buffers.ts";
import { ArenaMemory } from "../memory/arena_memory.ts";
import { type Program, programOf } from "../parties/program.ts";
import { registerViews } from "./handles.ts";
import { openNamed } from "./named_memory.ts";
import type { Share } from "../memory/share.ts";
import { runtime } from "../runtime/current.ts";

/** Where a buffer's memory comes from. */
export interface Source {
  readonly program: Program;
  /** Which of {@linkcode OPENERS} opens the payload. */
  readonly kind: number;
  /** What another party needs to open the memory. */
  send(): unknown;
}

/** The sources of the buffers of this party, which also keep the memory as long as somebody has the buffer. */
const sources = new WeakMap<ArrayBufferLike, Source>();

const SHARE = 0;
const NAMED = 1;
const ARENA = 2;

const OPENERS: Record<number, (payload: unknown, program: Program) => ArrayBufferLike> = {
  [SHARE]: (payload, program) => followShare(program, program.heap.open(payload)).buffer,
  [NAMED]: (payload, program) => {
    const [name, id] = payload as [string, number];
    const { buffer } = openNamed(name, id);
    followNamed(program, name, id, buffer);
    return buffer;
  },
  [ARENA]: (_, program) => (program.memory as ArenaMemory).buffer,
};

/**
 * Lets views over a share be sent, and its buffer not be transferred. The arena's buffer is known by itself.
 *
 * @param program The program of the share.
 * @param share The share.
 * @returns The share.
 */
export function followShare(program: Program, share: Share): Share {
  if (!(program.memory instanceof ArenaMemory)) {
    // A piece of the heap of processes is a part of a mapping.
    runtime.memory.forbidTransfer(share.buffer as ArrayBuffer);
    sources.set(share.buffer, { program, kind: SHARE, send: () => share.send() });
  }
  return share;
}

/** Lets views over memory of a name be sent, and its buffer not be transferred. */
export function followNamed(program: Program, name: string, id: number, buffer: ArrayBuffer): void {
  runtime.memory.forbidTransfer(buffer);
  sources.set(buffer, { program, kind: NAMED, send: () => [name, id] });
}

/** Where the memory of a buffer comes from; `undefined` when it is not shared, or not known. */
function sourceOf(buffer: ArrayBufferLike): Source | undefined {
  return sources.get(buffer) ?? arenaSource(buffer);
}

function arenaSource(buffer: ArrayBufferLike): Source | undefined {
  if (!(buffer instanceof SharedArrayBuffer) || !buffer.growable) return undefined;
  const program = programOf("thread");
  if ((program.memory as ArenaMemory).buffer !== buffer) return undefined;
  return { program, kind: ARENA, send: () => null };
}

/** The number of a buffer; views have those of {@linkcode VIEW_NAMES}. */
const BUFFER = -1;

type ViewConstructor = new (
  buffer: ArrayBufferLike,
  offset: number,
  length: number,
) => ArrayBufferView;

/** The kind of the source, its payload, the kind of the view, its offset and its length. */
type Payload = [number, unknown, number, number, number];

/**
 * What is sent of a view or a buffer over shared memory.
 *
 * @param value A view or a buffer.
 * @returns Its program and its payload; `null` when it is no such thing.
 */
function sendView(value: object): { program: Program; payload: Payload } | null {
  const view = ArrayBuffer.isView(value) ? value : null;
  const source = sourceOf(view?.buffer ?? value as ArrayBufferLike);
  if (source === undefined) return null;
  const { program, kind } = source;
  const number = view === null ? BUFFER : kindOfView(view);
  const offset = view?.byteOffset ?? 0;
  const length = (view as { length?: number } | null)?.length ?? view?.byteLength ?? 0;
  return { program, payload: [kind, source.send(), number, offset, length] };
}

/** Makes a view or a buffer of what {@linkcode sendView} gave. */
function receiveView(payload: unknown, program: Program): object {
  const [kind, content, number, offset, length] = payload as Payload;
  const buffer = OPENERS[kind](content, program);
  if (number === BUFFER) return buffer;
  const View = (globalThis as unknown as Record<string, ViewConstructor>)[VIEW_NAMES[number]];
  return new View(buffer, offset, length);
}

/** Lets views and buffers over shared memory be sent; may be called again. */
export function registerSharedViews(): void {
  registerViews({
    isShared: (buffer) => sourceOf(buffer) !== undefined,
    send: sendView,
    receive: receiveView,
  });
}

/** Node's `Buffer` and other subclasses arrive as what they extend. */
function kindOfView(view: ArrayBufferView): number {
  const name = Object.prototype.toString.call(view).slice("[object ".length, -1);
  return VIEW_NAMES.indexOf(name);
}
