/**
 * Objects over a piece of shared memory: one for each piece and party, however often its handle arrives.
 *
 * @module
 */

import type { Program } from "../parties/program.ts";
import { registerHandle } from "./handles.ts";
import type { Share } from "../memory/share.ts";

/** The memory of an object. It must be held for as long as its words are used. */
export interface SharedPiece {
  readonly program: Program;
  /** Tells the piece from all others of the program, in every party. */
  readonly key: string;
  readonly words: Int32Array;
  readonly share: Share;
}

let pieces = 0;

/**
 * Allocates a piece of zeros.
 *
 * @param program The program.
 * @param size Bytes, a multiple of 4.
 * @returns The piece.
 * @throws {NotSupportedError} when there is no memory left.
 */
export function createPiece(program: Program, size: number): SharedPiece {
  return toPiece(program, `${program.self}:${++pieces}`, program.heap.allocate(size));
}

/**
 * Opens a piece of which another party gave the key and the payload.
 *
 * @param program The program.
 * @param key What tells it from others.
 * @param payload What `piece.share.send()` gave.
 * @returns The piece.
 * @throws {NotSupportedError} when nobody has it any more.
 */
export function openPiece(program: Program, key: string, payload: unknown): SharedPiece {
  return toPiece(program, key, program.heap.open(payload));
}

/** How the objects of a class are taken apart and made. */
export interface SharedClass<T extends object> {
  /** See `HandleKind`. */
  readonly number: number;
  readonly prototype: T;
  /** The memory of an object. */
  pieceOf(value: T): SharedPiece;
  /** What else is sent. */
  extrasOf?(value: T): unknown;
  /** Makes an object over memory that another party has prepared. */
  make(piece: SharedPiece, extras: unknown): T;
}

type Payload = [key: string, share: unknown, extras: unknown];

const objects = new Map<string, WeakRef<object>>();
const forgetter = new FinalizationRegistry<string>((key) => {
  if (objects.get(key)?.deref() === undefined) objects.delete(key);
});

/**
 * Lets the objects of a class be sent.
 *
 * @param shared How they are taken apart and made.
 */
export function registerShared<T extends object>(shared: SharedClass<T>): void {
  registerHandle<T>({
    number: shared.number,
    prototype: shared.prototype,
    programOf: (value) => shared.pieceOf(value).program,
    toPayload: (value): Payload => {
      const piece = shared.pieceOf(value);
      const extras = shared.extrasOf?.(value) ?? null;
      remember(piece, value);
      return [piece.key, piece.share.send(), extras];
    },
    fromPayload: (payload, program) => {
      const [key, share, extras] = payload as Payload;
      // Opened in any case: the sender keeps it until then.
      const piece = openPiece(program, key, share);
      const known = objects.get(`${program.method} ${key}`)?.deref();
      if (known !== undefined) return known as T;
      const value = shared.make(piece, extras);
      remember(piece, value);
      return value;
    },
  });
}

function remember({ program, key }: SharedPiece, object: object): void {
  const name = `${program.method} ${key}`;
  if (objects.get(name)?.deref() === object) return;
  objects.set(name, new WeakRef(object));
  forgetter.register(object, name);
}

function toPiece(program: Program, key: string, share: Share): SharedPiece {
  return {
    program,
    key,
    share,
    words: new Int32Array(share.buffer, share.start, Math.floor(share.size / 4)),
  };
}
