/**
 * The codec for clients and servers of other programs: of all handles it takes proxies only, and of those only the ones whose
 * server can be reached over the network. Nothing that arrives makes this process connect anywhere, import anything, or know a
 * key.
 *
 * @module
 */

import { Decoder } from "../../codec/decode.ts";
import { Encoder } from "../../codec/encode.ts";
import type { HandleCodec } from "../../codec/handles.ts";
import { Refusal } from "../../codec/refusal.ts";
import { handleName, handles } from "../../messages/handles.ts";
import { BaseProxy } from "./proxy.ts";
import { fromRemote, proxyHandles, toRemote } from "./proxy_travel.ts";

const REMOTE: HandleCodec = {
  toHandle(value) {
    if (value instanceof BaseProxy) {
      const { payload, leaver } = toRemote(value);
      handles.leaving.add(leaver);
      return { kind: proxyHandles.number, payload };
    }
    const name = handleName(value);
    if (name === null) return null;
    throw new Refusal(
      `${name} lives in the shared memory of this program, and cannot go to another machine; ` +
        "send a copy of what it holds",
    );
  },
  fromHandle(kind, payload) {
    if (kind === proxyHandles.number) return fromRemote(payload);
    throw new Error("a handle cannot come over a network");
  },
  sharedBuffer: (buffer) => handleName(buffer) !== null,
};

/** Encodes for other programs. */
export const remoteEncoder: Encoder = new Encoder(REMOTE);
/** Decodes what came from other programs. */
export const remoteDecoder: Decoder = new Decoder(REMOTE);
