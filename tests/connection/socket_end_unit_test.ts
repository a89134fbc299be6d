/** One end of a connection over a socket, against a plain socket. */

import { connect, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { EOFError } from "../../src/errors.ts";
import { frameHeader } from "../../src/connection/socket/frames.ts";
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
