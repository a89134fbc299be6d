/**
 * Handles: objects that arrive as the same object, because what they stand for is shared memory.
 *
 * A class of handles is registered here with a number, and with how its instances become data and instances again. A handle
 * belongs to one program, and can be sent within it only.
 *
 * @module
 */

import { claimClass } from "../codec/copies.ts";
import type { HandleCodec } from "../codec/handles.ts";
import { Refusal } from "../codec/refusal.ts";
import { UnknownClassError } from "../codec/registry.ts";
import type { StartMethod } from "../runtime/types.ts";
import type { Memory } from "../sync/block.ts";
import { type Program, programOf } from "../parties/program.ts";
import type { Move } from "./move.ts";

/** How the instances of a class cross. */
export interface HandleKind<T extends object = object> {
  /** Tells the kind from all others, in every version of this library. */
  readonly number: number;
  /** The class; subclasses count as well. */
  readonly prototype: T;
  /** The program that an instance belongs to; `null` where it belongs to none, and can be sent anywhere. */
  programOf(value: T): Program | null;
  /** What is sent. */
  toPayload(value: T): unknown;
  /** Makes an instance of what was sent; no program is given for one that belongs to none. */
  fromPayload(payload: unknown, program: Program): T;
  /** Where an instance moves: takes it away from this party. See `moves.ts`. */
  leaverOf?(value: T): Leaver;
}

/** An object that a message takes away from its sender. */
export interface Leaver {
  /** Takes it away, in the moment in which the message is sent. */
  leave(): Move;
}

const byNumber = new Map<number, HandleKind>();
const byPrototype = new Map<object, HandleKind>();

/** Registers a class of handles. */
export function registerHandle<T extends object>(kind: HandleKind<T>): void {
  byNumber.set(kind.number, kind as unknown as HandleKind);
  byPrototype.set(kind.prototype, kind as unknown as HandleKind);
  claimClass(kind.prototype);
}

/** How views and buffers over shared memory cross, which have no class of their own: see `shared_views.ts`. */
export interface ViewKind {
  /** Whether views over a buffer may be handles. */
  isShared(buffer: ArrayBufferLike): boolean;
  /** What is sent of a view or a buffer; `null` when its memory is not known. */
  send(value: object): { program: Program; payload: unknown } | null;
  /** Makes a view or a buffer of what was sent. */
  receive(payload: unknown, program: Program): object;
}

/** The number of the handles that are views. */
export const VIEW_KIND = 32;

let views: ViewKind | null = null;

/** Says how views over shared memory cross. */
export function registerViews(kind: ViewKind): void {
  views = kind;
}

/** Raised when a handle arrives whose class has not been loaded in this party. */
export class UnknownHandleError extends UnknownClassError {
  /** The number of the class; `null` where more than one class is needed. */
  readonly kind: number | null;

  /**
   * @param kind The number of the class; `null` where more than one class is needed.
   * @param what What arrived, for the message.
   */
  constructor(kind: number | null, what: string = `handle ${kind}`) {
    super(what);
    this.message =
      `Cannot rebuild what arrived, a ${what}: its class is not part of this program. ` +
      "Import it from this library here, too: a bundle has only the classes that its program names";
    this.kind = kind;
  }
}

/** The handles of this party, for the codec. */
export class Handles implements HandleCodec {
  /** The memory of the program that is written for; `null` where values are only measured or kept. */
  target: Memory | null = null;
  /** What the value takes away from this party that is being encoded. */
  readonly leaving: Set<Leaver> = new Set();
  /** What is still being found out of the value that is being encoded: whoever can wait rejects with what comes of it. */
  readonly unsettled: Set<Promise<unknown>> = new Set();
  /** Takes what arrives in the value that is being decoded; `null` where nobody wants to know. */
  arrivals: Set<object> | null = null;

  toHandle(value: object): { kind: number; payload: unknown } | null {
    const kind = kindOf(value);
    if (kind === undefined) return this.#viewToHandle(value);
    const home = kind.programOf(value);
    if (home !== null) this.#checkHome(home);
    const payload = [home?.method ?? null, kind.toPayload(value)];
    const leaver = kind.leaverOf?.(value);
    if (leaver !== undefined) this.leaving.add(leaver);
    return { kind: kind.number, payload };
  }

  fromHandle(number: number, payload: unknown): object {
    const [method, content] = payload as [StartMethod | null, unknown];
    const program = method === null ? null as never : programOf(method);
    if (number === VIEW_KIND && views !== null) return views.receive(content, program);
    const kind = byNumber.get(number);
    if (kind === undefined) throw new UnknownHandleError(number);
    const value = kind.fromPayload(content, program);
    this.arrivals?.add(value);
    return value;
  }

  sharedBuffer(buffer: ArrayBufferLike): boolean {
    return views?.isShared(buffer) ?? false;
  }

  #viewToHandle(value: object): { kind: number; payload: unknown } | null {
    if (views === null || !isMemory(value)) return null;
    const sent = views.send(value);
    if (sent === null) return null;
    this.#checkHome(sent.program);
    return { kind: VIEW_KIND, payload: [sent.program.method, sent.payload] };
  }

  #checkHome(home: Program): void {
    if (this.target === null || home.memory === this.target) return;
    const other = home.method === "thread" ? "process" : "thread";
    throw new Refusal(
      `it was created for the start method "${home.method}", and cannot be given to a ${other}; ` +
        `create it by getContext("${other}")`,
    );
  }
}

function isMemory(value: object): boolean {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer ||
    value instanceof SharedArrayBuffer;
}

function kindOf(value: object): HandleKind | undefined {
  for (let prototype = Object.getPrototypeOf(value); prototype !== null;) {
    const kind = byPrototype.get(prototype);
    if (kind !== undefined) return kind;
    prototype = Object.getPrototypeOf(prototype);
  }
  return undefined;
}

/**
 * The program that an object belongs to.
 *
 * @param value The object.
 * @returns The program; `null` where it belongs to none, or is no handle.
 */
export function homeOf(value: object): Program | null {
  return kindOf(value)?.programOf(value) ?? null;
}

/**
 * What a value is called that only exists in this program, because it is a handle; `null` for other values.
 *
 * @param value The value.
 */
export function handleName(value: object): string | null {
  if (kindOf(value) !== undefined) return `a ${value.constructor.name}`;
  if (!isMemory(value)) return null;
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value as ArrayBufferLike;
  return views?.isShared(buffer) ? "shared memory" : null;
}

/** The handles of this party. */
export const handles: Handles = new Handles();
