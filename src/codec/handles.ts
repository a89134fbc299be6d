/**
 * The seam to whatever arrives as the same object instead of as a copy: queues, locks, shared
 * arrays, callables.
 *
 * @module
 */

/**
 * How handles cross: as a kind number and a payload, which is a value like any other.
 */
export interface HandleCodec {
  /**
   * Takes an object apart, if it is a handle.
   *
   * Asked for functions, for every object whose prototype is not one of the plain kinds, for typed
   * arrays, `DataView`s and buffers over a `SharedArrayBuffer`, and for those over an `ArrayBuffer`
   * of which `sharedBuffer` says `true`.
   *
   * @param value The object.
   * @returns Its kind and payload, or `null` when it is no handle. The payload must not contain the
   *   object itself.
   * @throws {Error} When it is a handle that cannot be sent now; the message says why.
   */
  toHandle(value: object): { kind: number; payload: unknown } | null;

  /**
   * Rebuilds an object of which the other side took the kind and payload.
   *
   * @param kind The kind number.
   * @param payload The payload.
   * @returns The object.
   * @throws {Error} When there is no such kind or the payload is not one of it.
   */
  fromHandle(kind: number, payload: unknown): object;

  /**
   * Tells whether an `ArrayBuffer` is memory that several processes see.
   *
   * @param buffer The buffer of a view.
   * @returns Whether its views may be handles.
   */
  sharedBuffer(buffer: ArrayBufferLike): boolean;
}

/** Knows no handles. */
export const NO_HANDLES: HandleCodec = {
  toHandle: () => null,
  fromHandle: (kind) => {
    throw new Error(`Cannot rebuild a handle of kind ${kind}: no handles are known here`);
  },
  sharedBuffer: () => false,
};
