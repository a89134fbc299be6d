/**
 * The codec for those who do not belong to this program: without handles, which stand for memory that they cannot see.
 *
 * @module
 */

import { Decoder } from "../../codec/decode.ts";
import { Encoder } from "../../codec/encode.ts";
import type { HandleCodec } from "../../codec/handles.ts";
import { Refusal } from "../../codec/refusal.ts";
import { handleName } from "../../messages/handles.ts";

const OUTSIDE: HandleCodec = {
  toHandle(value) {
    const name = handleName(value);
    if (name === null) return null;
    throw new Refusal(
      `${name} lives in the shared memory of this program, and cannot go through a socket; ` +
        "send it through a pipe or a queue, or send a copy of what it holds",
    );
  },
  fromHandle() {
    throw new Error("a handle cannot come through a socket");
  },
  sharedBuffer: (buffer) => handleName(buffer) !== null,
};

/** Encodes for somebody outside of this program. */
export const outsideEncoder: Encoder = new Encoder(OUTSIDE);
/** Decodes what came from outside of this program. */
export const outsideDecoder: Decoder = new Decoder(OUTSIDE);
