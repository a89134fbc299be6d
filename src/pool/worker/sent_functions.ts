/**
 * The functions that a worker was sent, by number.
 *
 * @module
 */

import type { PackedFunction } from "../../callable/packed_function.ts";
import { unpackFunction } from "../../callable/unpack_function.ts";
import type { AnyFunction } from "../../callable/callable.ts";
import { UnknownClassError } from "../../codec/registry.ts";
import { importUserModule } from "../../identity/self.ts";
import type { Receiver } from "../../messages/channel.ts";
import { decodeWithImports } from "../../messages/decode_with_imports.ts";
import { load } from "../../process/load.ts";
import type { RingRecord } from "../../sync/ring.ts";
import type { TaskLoop } from "./answers.ts";

/** A function that was sent: usually there at once; where it has to be imported, its promise. */
export type SentFunction = AnyFunction | Promise<AnyFunction>;

/** The functions of one worker. */
export class SentFunctions {
  readonly #requests: Receiver;
  readonly #loop: TaskLoop;
  readonly #known = new Map<number, SentFunction>();
  /** Those that were sent, and not forgotten since. */
  readonly byNumber: ReadonlyMap<number, SentFunction> = this.#known;

  /**
   * @param requests Where the records come from.
   * @param loop Held while a record cannot be read yet.
   */
  constructor(requests: Receiver, loop: TaskLoop) {
    this.#requests = requests;
    this.#loop = loop;
  }

  /** Takes note of a function, by a record whose word `b` is its number. */
  define(record: RingRecord): void {
    const { b } = record;
    this.#known.set(b, this.#read(record));
  }

  /** Forgets a function, which is not going to be called again. */
  forget(number: number): void {
    this.#known.delete(number);
  }

  #read(record: RingRecord): SentFunction {
    let loaded: SentFunction;
    try {
      const packed = this.#requests.read(record) as PackedFunction;
      loaded = unpackFunction(packed, importUserModule);
    } catch (error) {
      if (error instanceof UnknownClassError) return this.#readLater(record);
      loaded = Promise.reject(error);
    }
    const { b } = record;
    this.#requests.ring.release();
    if (loaded instanceof Promise) this.#settle(b, loaded);
    return loaded;
  }

  /** From when it is there, a function is called at once. */
  #settle(number: number, loading: Promise<AnyFunction>): void {
    loading.then((loaded) => {
      if (this.#known.get(number) === loading) this.#known.set(number, loaded);
    }, () => {});
  }

  /** What it captured has classes that are not known yet; the record stays claimed until they are. */
  #readLater(record: RingRecord): SentFunction {
    const kept = { ...record };
    this.#loop.hold();
    const decoded = decodeWithImports(() => this.#requests.read(kept)).finally(() => {
      this.#requests.ring.release();
      this.#loop.proceed();
    });
    const loaded = decoded.then(load);
    loaded.catch(() => {});
    return loaded;
  }
}
