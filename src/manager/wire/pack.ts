/**
 * Values inside the messages of a manager: simple ones as they are, all others encoded on their own, so that a message can be
 * read whose values cannot.
 *
 * @module
 */

import { UnknownClassError } from "../../codec/registry.ts";
import type { Program } from "../../parties/program.ts";
import { decodeWithImports } from "../../messages/decode_with_imports.ts";
import { decoder, encodeFor, encoder } from "../../messages/message.ts";
import { checkFits } from "../../messages/message_size.ts";
import { keepDeparted, takeDeparted } from "../../messages/moves.ts";
import { remoteDecoder, remoteEncoder } from "./remote_codec.ts";

/** Whether a value is packed as it is. */
function isSimple(value: unknown): boolean {
  switch (typeof value) {
    case "object":
      return value === null;
    case "function":
    case "symbol":
      return false;
    default:
      return true;
  }
}

/**
 * Packs a list of values.
 *
 * @param values The values.
 * @param root What the list is called in an error's path.
 * @param program The program that they are sent in; `null` over a network.
 * @param isLost Whether they will never be read.
 * @returns The same list, if all are simple; else a list of bytes.
 * @throws {SerializationError} when one cannot be sent.
 */
export function packAll(
  values: readonly unknown[],
  root: string,
  program: Program | null,
  isLost: () => boolean,
): readonly unknown[] {
  return values.every(isSimple) ? values : [encode(values, root, program, isLost)];
}

/** Packs one value: see {@linkcode packAll}. */
export function pack(
  value: unknown,
  root: string,
  program: Program | null,
  isLost: () => boolean,
): unknown {
  return isSimple(value) ? value : encode(value, root, program, isLost);
}

function encode(
  value: unknown,
  root: string,
  program: Program | null,
  isLost: () => boolean,
): Uint8Array {
  if (program === null) return encodeRemote(value, root, isLost);
  encodeFor(program.memory);
  const bytes = new Uint8Array(encoder.measure(value, root));
  checkFits(encoder.encode(value, bytes, 0, bytes.byteLength, root), root);
  keepDeparted(isLost);
  return bytes;
}

function encodeRemote(value: unknown, root: string, isLost: () => boolean): Uint8Array {
  try {
    const bytes = new Uint8Array(remoteEncoder.measure(value, root));
    checkFits(remoteEncoder.encode(value, bytes, 0, bytes.byteLength, root), root);
    keepDeparted(isLost);
    return bytes;
  } catch (error) {
    for (const move of takeDeparted()) move.undo();
    throw error;
  }
}

/**
 * Unpacks a value.
 *
 * @param packed What `pack` gave.
 * @param isTrusted Whether it comes from this program: then modules may be imported that register its classes.
 * @returns The value; a promise while modules are imported.
 * @throws {SerializationError} when it cannot be read.
 */
export function unpack(packed: unknown, isTrusted: boolean): unknown {
  if (!(packed instanceof Uint8Array)) return packed;
  if (!isTrusted) return remoteDecoder.decode(packed, 0, packed.length);
  const decode = (): unknown => decoder.decode(packed, 0, packed.length);
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof UnknownClassError)) throw error;
    return new Importing(decodeWithImports(decode));
  }
}

/** A value whose classes are being imported. */
export class Importing {
  readonly value: Promise<unknown>;

  /** @param value The value. */
  constructor(value: Promise<unknown>) {
    this.value = value;
    value.catch(() => {});
  }
}

/**
 * Unpacks the rest of a message: see {@linkcode packAll}.
 *
 * @param rest The packed list.
 * @param isTrusted See {@linkcode unpack}.
 * @returns The values; {@linkcode Importing} while modules are imported.
 */
export function unpackAll(rest: unknown[], isTrusted: boolean): unknown[] | Importing {
  const isPacked = rest.length === 1 && rest[0] instanceof Uint8Array;
  return isPacked ? unpack(rest[0], isTrusted) as unknown[] | Importing : rest;
}
