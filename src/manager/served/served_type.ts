/**
 * What a server can make for its clients.
 *
 * @module
 */

import type { Call } from "../wire/call.ts";

/** A kind of objects. */
export interface ServedType {
  readonly name: string;
  /** Makes an object; `null`: only methods give them. */
  readonly create: ((args: unknown[], call: Call) => unknown) | null;
  /** The methods that may be called; `null`: all public ones. */
  readonly methods: ReadonlySet<string> | null;
  /** Whether the methods take the call as their first argument: those of this library. */
  readonly takesCall: boolean;
  /** See `Shared`; `undefined`: made of the methods' names. */
  readonly proxy: string | null | undefined;
  /** Of which types the objects are that methods give. */
  readonly methodToType: ReadonlyMap<string, string>;
  /** Called when nobody has an object any more. */
  readonly onGone?: (object: object) => void;
}

/**
 * A type of this library's.
 *
 * @param name Its name.
 * @param create Makes an object.
 * @param methods What may be called, in one text.
 * @param more What is special about it.
 * @returns The type.
 */
export function ownType(
  name: string,
  create: ServedType["create"],
  methods: string,
  more: Partial<Pick<ServedType, "methodToType" | "onGone">> = {},
): ServedType {
  return {
    name,
    create,
    methods: new Set(methods.split(" ")),
    takesCall: true,
    proxy: null,
    methodToType: NO_TYPES,
    ...more,
  };
}

const NO_TYPES: ReadonlyMap<string, string> = new Map();
