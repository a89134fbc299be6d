/**
 * Values in blocks of their own, and the codec that all parties use.
 *
 * Layout of a message: words 0 and 1 are the position behind the value (bytes), the value starts at byte 16. A pair has a second
 * value behind the first, at the next multiple of 8; words 2 and 3 are the position behind that.
 *
 * @module
 */

import { Decoder } from "../codec/decode.ts";
import { Encoder } from "../codec/encode.ts";
import { align, type Block, getSize, type Memory, putSize } from "../sync/block.ts";
import { handles } from "./handles.ts";
import { checkFits, checkSize } from "./message_size.ts";

const END = 0;
const SECOND_END = 2;
const START = 16;

/** The encoder of this party; see {@linkcode encodeFor}. */
export const encoder: Encoder = new Encoder(handles);
/** The decoder of this party. */
export const decoder: Decoder = new Decoder(handles);

/**
 * Says for whom the next values are encoded: handles of other programs are refused.
 *
 * @param memory The memory of the program; `null` where it is not known.
 * @returns The encoder.
 */
export function encodeFor(memory: Memory | null): Encoder {
  handles.target = memory;
  if (handles.leaving.size > 0) handles.leaving.clear();
  if (handles.unsettled.size > 0) handles.unsettled.clear();
  return encoder;
}

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
export function writeMessage(
  memory: Memory,
  value: unknown,
  root: string,
  spare: number = 0,
): Block {
  const size = START + encodeFor(memory).measure(value, root);
  checkSize(size, root);
  const block = memory.allocate(Math.max(size, spare));
  orFree(block, () => writeValue(block, value, root));
  return block;
}

/**
 * Does something with a new block that nobody else has yet.
 *
 * @param block The block; it is freed when the action throws, as what the user has given may do: getters and proxies run in it.
 * @param action What is done.
 * @returns What the action returns.
 */
export function orFree<T>(block: Block, action: () => T): T {
  try {
    return action();
  } catch (error) {
    block.free();
    throw error;
  }
}

function writeValue(block: Block, value: unknown, root: string): void {
  checkFits(rewriteMessage(block, value, root) ? 0 : -1, root);
}

/**
 * Writes a value into a block that exists.
 *
 * @returns Whether it fits.
 */
export function rewriteMessage(block: Block, value: unknown, root: string): boolean {
  const end = encoder.encode(value, block.bytes, START, block.bytes.byteLength, root);
  if (end < 0) return false;
  putSize(block.words, END, end);
  return true;
}

/** Reads the value of a message. */
export function readMessage(block: Block): unknown {
  return decoder.decode(block.bytes, START, getSize(block.words, END));
}

/**
 * Writes two values into a new block, of which the first can be read without the second: that may need classes that the
 * reader does not know yet.
 *
 * @param memory Where the block comes from.
 * @param first The first value, which `readMessage` reads.
 * @param second The second value, which `readSecond` reads.
 * @param spare Bytes that the block has at least, so that a reply fits into it.
 * @returns The block.
 * @throws {SerializationError} when a value cannot be sent.
 */
export function writePair(memory: Memory, first: unknown, second: unknown, spare: number): Block {
  const start = align(START + encodeFor(memory).measure(first));
  const size = start + encoder.measure(second);
  checkSize(size, "value");
  const block = memory.allocate(Math.max(size, spare));
  orFree(block, () => {
    writeValue(block, first, "value");
    // The first may have another size than it was measured with.
    const at = align(getSize(block.words, END));
    const { bytes, words } = block;
    putSize(
      words,
      SECOND_END,
      checkFits(encoder.encode(second, bytes, at, bytes.byteLength), "value"),
    );
  });
  return block;
}

/** Reads the second value of a pair. */
export function readSecond(block: Block): unknown {
  const start = align(getSize(block.words, END));
  return decoder.decode(block.bytes, start, getSize(block.words, SECOND_END));
}
