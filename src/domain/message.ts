/**
 * Values in blocks of their own, and the codec that all parties use.
 *
 * Layout of a message: word 0 is the position behind the value (bytes), the value starts at byte 8.
 *
 * @module
 */

import { Decoder } from "../codec/decode.ts";
import { Encoder } from "../codec/encode.ts";
import type { Block, Memory } from "../sync/block.ts";

const START = 8;

/** The encoder of this party. */
export const encoder: Encoder = new Encoder();
/** The decoder of this party. */
export const decoder: Decoder = new Decoder();

/**
 * Writes a value into a new block.
 *
 * @param memory Where the block comes from.
 * @param value The value.
 * @param root What the value is called in an error's path.
 * @param spare Bytes that the block has at least, so that a reply fits into it.
 * @returns The block.
 * @throws {SerializationError} when the value cannot be sent.
 */
export function writeMessage(memory: Memory, value: unknown, root: string, spare: number = 0): Block {
  const size = START + encoder.measure(value, root);
  const block = memory.allocate(Math.max(size, spare));
  rewriteMessage(block, value, root);
  return block;
}

/**
 * Writes a value into a block that exists.
 *
 * @returns Whether it fits.
 */
export function rewriteMessage(block: Block, value: unknown, root: string): boolean {
  const end = encoder.encode(value, block.bytes, START, block.bytes.length, root);
  block.words[0] = end;
  return end >= 0;
}

/** Reads the value of a message. */
export function readMessage(block: Block): unknown {
  return decoder.decode(block.bytes, START, block.words[0]);
}
