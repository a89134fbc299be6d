/** One end of a connection over a socket, against a plain socket. */

import { connect, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { EOFError } from "../../src/errors.ts";
import { frameHeader, FrameReader } from "../../src/connection/socket/frames.ts";
import { SocketEnd } from "../../src/connection/socket/socket_end.ts";

/** Ends that have agreed to talk, each with the plain socket at its other side. */
async function connected(
  count: number,
  patience: number,
): Promise<{ ends: SocketEnd[]; peers: Socket[]; close: () => void }> {
  const ends: SocketEnd[] = [];
  const peers: Socket[] = [];
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  for (let i = 0; i < count; i++) {
    const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
    const peer = connect(port, "127.0.0.1").on("error", () => {});
    const end = new SocketEnd(await accepted, 1000, patience);
    end.greeted();
    ends.push(end);
    peers.push(peer);
  }
  const close = (): void => {
    for (const peer of peers) peer.destroy();
    server.close();
  };
  return { ends, peers, close };
}

/** Resolves when a state is reached. */
function reached(end: SocketEnd, condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): boolean => {
      const isReached = condition();
      if (isReached) {
        end.listen(null);
        resolve();
      }
      return isReached;
    };
    end.listen({ look, abandon: () => {} });
  });
}

test("who stops in the middle of a message is given up, who says nothing is not", async () => {
  const { ends: [quiet, halted], peers, close } = await connected(2, 200);
  const received = reached(quiet, () => quiet.first() !== null);
  peers[0].write(Uint8Array.of(...frameHeader(1, 2), 7, 8));
  await received;
  const ended = reached(halted, () => halted.ended);
  peers[1].write(Uint8Array.of(...frameHeader(1, 9), 1));
  await ended;
  assertInstanceOf(halted.failure, EOFError);
  assertStringIncludes(halted.failure.message, "in the middle of a message");
  assertEquals([quiet.ended, quiet.failure, quiet.first()?.end], [false, null, 2]);
  close();
  quiet.close();
});

test("messages that leave in pieces and those behind them arrive whole and in order, also after close()", async () => {
  const { ends: [end], peers: [peer], close } = await connected(1, 200);
  const sizes = [3 * 2 ** 20 + 5, 10, 2 ** 20, 2 ** 21, 0];
  const reader = new FrameReader(2 ** 22);
  const arrived: [kind: number, size: number, last: number | undefined][] = [];
  const ended = new Promise<void>((resolve) => peer.on("end", resolve));
  peer.on("data", (chunk: Uint8Array) => {
    for (let at = 0; at < chunk.length;) {
      at = reader.push(chunk, at);
      const frame = reader.take();
      if (frame !== null) arrived.push([frame.kind, frame.bytes.length, frame.bytes.at(-1)]);
    }
  });
  const sent = sizes.map((size, i) => end.send(2, new Uint8Array(size).fill(i + 1), "value"));
  end.close();
  await ended;
  await Promise.all(sent);
  assertEquals(arrived, sizes.map((size, i) => [2, size, size === 0 ? undefined : i + 1]));
  close();
});
