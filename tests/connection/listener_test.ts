/** `Listener` and `Client`: connections by an address, for those who have the key. */

import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type Address,
  AuthenticationError,
  Client,
  type Connection,
  EOFError,
  Listener,
  ProcessError,
  SerializationError,
  TimeoutError,
} from "../../mod.ts";
import { Socket as Unregistered } from "../fixtures/process_classes.ts";
import { frameHeader } from "../../src/connection/socket/frames.ts";
import * as targets from "../fixtures/pipe_targets.ts";
import { mp, valueOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { framesOf } from "../support/frames_heard.ts";

const authKey = new TextEncoder().encode("a key that nobody guesses");
const nameOf = (error: unknown) => (error as Error).name;

/** The ways in which a listener can be reached. */
const WAYS: [string, Address | undefined][] = [
  ["a path", undefined],
  ["TCP", { host: "127.0.0.1", port: 0 }],
];

async function pairOf(
  address: Address | undefined,
  key?: Uint8Array,
): Promise<[Connection, Connection, Listener]> {
  const listener = new Listener({ address, authKey: key });
  const accepted = listener.accept();
  const client = await Client(await listener.address, { authKey: key });
  return [client, await accepted, listener];
}

function plainSocket(address: Address): Socket {
  const socket = typeof address === "string"
    ? connect(address)
    : connect(address.port, address.host);
  socket.on("error", () => {});
  socket.on("data", () => {});
  return socket;
}

for (const [way, address] of WAYS) {
  conform(`Listener and Client talk by ${way}, with a key and without`, async (note) => {
    for (const key of [undefined, authKey]) {
      const [here, there, listener] = await pairOf(address, key);
      const value = { list: [1, -0, 2n ** 70n], map: new Map([["k", new Set([null])]]) };
      await here.send(value);
      assertEquals(await there.recv(), value);
      await there.sendBytes(new Uint8Array([1, 2, 3, 4]), 1, 2);
      note([...await here.recvBytes()]);
      for (const size of [0, 1, 16_383, 16_384, 16_385, 3_000_000]) {
        const bytes = new Uint8Array(size).fill(size % 251);
        const sent = there.send({ bytes });
        const back = await here.recv() as { bytes: Uint8Array };
        await sent;
        assertEquals(back.bytes, bytes);
      }
      here.close();
      note((await assertRejects(() => there.recv(), EOFError)).message);
      note(nameOf(await assertRejects(() => there.send(1), EOFError)));
      note(nameOf(await assertRejects(() => here.recv(), ProcessError)));
      there.close();
      listener.close();
    }
  });

  conform(`Client and Listener refuse each other with different keys, by ${way}`, async (note) => {
    using listener = new Listener({ address, authKey });
    const place = await listener.address;
    const accepted = listener.accept();
    const refused = assertRejects(() => accepted, AuthenticationError);
    const wrong = new TextEncoder().encode("another key");
    note(
      (await assertRejects(() => Client(place, { authKey: wrong }), AuthenticationError)).message,
    );
    note((await refused).message);
    // The listener goes on.
    const next = listener.accept();
    using client = await Client(place, { authKey });
    using server = await next;
    await client.send("right");
    note(await server.recv());
  });

  conform(`Listener refuses silence, garbage and long messages, by ${way}`, async (note) => {
    using listener = new Listener({ address, authKey });
    const place = await listener.address;
    const silent = plainSocket(place);
    const longs = [[0x7f, 0xff, 0xff, 0xff, 3], [0, 0, 1, 2, 3], [0, 0, 0, 0, 3]];
    const texts = ["GET / HTTP/1.1\r\n\r\n", "\0\0\0\x05\x03abcd", "\0\0\0\x05\x01abcd"];
    for (const bad of [...longs.map((long) => Uint8Array.from(long)), ...texts]) {
      const refused = assertRejects(() => listener.accept(), AuthenticationError);
      const socket = plainSocket(place);
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.write(bad);
      note(nameOf(await refused));
      await closed;
    }
    // Nobody waits for the one who says nothing.
    const accepted = listener.accept();
    using client = await Client(place, { authKey });
    using server = await accepted;
    await client.send("right");
    note(await server.recv());
    silent.destroy();
  });

  conform(`Client without a key learns that the listener wants one, by ${way}`, async (note) => {
    using listener = new Listener({ address, authKey });
    using client = await Client(await listener.address);
    note((await assertRejects(() => client.recv(), ProcessError)).message);
  });

  conform(
    `a connection over a socket ends with the process of the other end, by ${way}`,
    async (note) => {
      using listener = new Listener({ address, authKey });
      const place = await listener.address;
      const accepted = listener.accept();
      const told = valueOf(targets.talk, place, authKey);
      using server = await accepted;
      note(await server.recv());
      await server.send("and you");
      note(await told);
      note(nameOf(await assertRejects(() => server.recv(), EOFError)));
    },
  );
}

conform("Listener asks for a key as Python 3.12 does, and proves that it has it", async (note) => {
  using listener = new Listener({ authKey });
  const accepted = listener.accept();
  const socket = connect(await listener.address as string);
  const next = framesOf(socket, 1000);
  const hear = async (): Promise<Buffer> => Buffer.from(await next());
  const say = (bytes: Uint8Array) =>
    socket.write(Buffer.concat([frameHeader(3, bytes.length), bytes]));
  const proofOf = (message: Uint8Array) =>
    Buffer.concat([
      Buffer.from("{sha256}"),
      createHmac("sha256", authKey).update(message).digest(),
    ]);

  const challenge = await hear();
  note(challenge.subarray(0, 19).toString());
  assertEquals(challenge.subarray(0, 19).toString(), "#CHALLENGE#{sha256}");
  say(proofOf(challenge.subarray(11)));
  note((await hear()).toString());
  const mine = Buffer.from("{sha256}0123456789012345678901234567890123456789");
  say(Buffer.concat([Buffer.from("#CHALLENGE#"), mine]));
  note(Buffer.compare(await hear(), proofOf(mine)));
  say(Buffer.from("#WELCOME#"));
  using server = await accepted;
  socket.write(Buffer.concat([frameHeader(2, 2), Buffer.from("hi")]));
  note([...await server.recvBytes()]);
  socket.destroy();
});

conform("Client gives up on a listener that never answers", async (note) => {
  using listener = new Listener();
  const place = await listener.address;
  const error = await assertRejects(() => Client(place, { authKey, timeout: 20 }), TimeoutError);
  note(nameOf(error));
});

conform("Listener refuses who says nothing within its deadline", async (note) => {
  using listener = new Listener({ authKey });
  const place = await listener.address;
  const socket = plainSocket(place);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  note((await assertRejects(() => listener.accept(), AuthenticationError)).message);
  await closed;
});

conform("Client may connect, send and close before accept()", async (note) => {
  using listener = new Listener();
  const client = await Client(await listener.address);
  await client.send("early");
  client.close();
  using server = await listener.accept();
  note(await server.recv());
  await assertRejects(() => server.recv(), EOFError);
});

conform("Listener removes its socket's file", async (note) => {
  const own = new Listener();
  const path = await own.address as string;
  assert(existsSync(path));
  own.close();
  own.close();
  note([existsSync(path), existsSync(dirname(path))]);
  const folder = mkdtempSync(join(tmpdir(), "listener-"));
  const given = join(folder, "socket");
  {
    using listener = new Listener({ address: given });
    note(await listener.address === given);
    using second = new Listener({ address: given });
    note(nameOf(await assertRejects(() => second.address, ProcessError)));
    note(nameOf(await assertRejects(() => second.accept(), ProcessError)));
    assert(existsSync(given));
  }
  note(existsSync(given));
  writeFileSync(given, "of somebody else");
  using third = new Listener({ address: given });
  note(nameOf(await assertRejects(() => third.address, ProcessError)));
  note(readFileSync(given, "utf8"));
  rmSync(folder, { recursive: true });
});

conform("Listener hears nothing of another one that wants its place", async (note) => {
  using listener = new Listener();
  const address = await listener.address;
  const accepted = listener.accept();
  note(
    nameOf(await assertRejects(async () => await new Listener({ address }).address, ProcessError)),
  );
  const client = await Client(address);
  await client.send("a client");
  using connection = await accepted;
  note(await connection.recv());
  client.close();
});

conform("Listener leaves nothing on `process` when it is closed", async (note) => {
  const before = process.listenerCount("exit");
  for (let i = 0; i < 12; i++) {
    using listener = new Listener();
    await listener.address;
  }
  note(process.listenerCount("exit") - before <= 1);
});

conform("Listener.accept() waits for a limited time", async (note) => {
  using listener = new Listener();
  note((await assertRejects(() => listener.accept({ timeout: 5 }), TimeoutError)).message);
  note((await assertRejects(() => listener.accept({ timeout: 0 }), TimeoutError)).message);
  const abort = new AbortController();
  const waiting = listener.accept({ signal: abort.signal });
  abort.abort(new RangeError("enough"));
  note((await assertRejects(() => waiting, RangeError)).message);
  const next = listener.accept();
  using _client = await Client(await listener.address);
  (await next).close();
  const last = listener.accept();
  listener.close();
  note((await assertRejects(() => last, ProcessError)).message);
  note((await assertRejects(() => listener.accept(), ProcessError)).message);
});

conform("Listener listens beyond this machine with a key only", async (note) => {
  for (const host of ["0.0.0.0", "::", "192.168.0.1", "example.com"]) {
    note(assertThrows(() => new Listener({ address: { host, port: 0 } }), TypeError).message);
  }
  using listener = new Listener({ address: { host: "0.0.0.0", port: 0 }, authKey });
  const { port } = await listener.address as { port: number };
  const accepted = listener.accept();
  using client = await Client({ host: "127.0.0.1", port }, { authKey });
  using server = await accepted;
  await server.send("inside");
  note(await client.recv());
});

conform("Listener and Client refuse what is no address and no key", async (note) => {
  for (const address of [1, "", {}, { host: "" }, { host: "a" }, { host: "a", port: "1" }]) {
    note(assertThrows(() => new Listener({ address: address as never }), TypeError).message);
    await assertRejects(() => Client(address as never), TypeError);
  }
  for (const port of [-1, 65_536, 1.5]) {
    const address = { host: "127.0.0.1", port };
    note(assertThrows(() => new Listener({ address }), RangeError).message);
  }
  for (const key of ["text", new Uint8Array(0), null]) {
    note(assertThrows(() => new Listener({ authKey: key as never }), TypeError).message);
    await assertRejects(() => Client("/x", { authKey: key as never }), TypeError);
  }
  assertThrows(() => new Listener({ backlog: 0 }), RangeError);
  assertThrows(() => new Listener("x" as never), TypeError);
  note(nameOf(await assertRejects(() => Client("/nowhere/at/all"), ProcessError)));
});

for (const [way, address] of WAYS) {
  conform(`a client without a key is told to pass one, by ${way}`, async (note) => {
    using listener = new Listener({ address, authKey });
    const place = await listener.address;
    for (const first of ["receives", "sends"] as const) {
      const refused = assertRejects(() => listener.accept(), AuthenticationError);
      using keyless = await Client(place);
      // What is sent before the challenge has come is lost; what comes after it is refused.
      if (first === "sends") await keyless.send("let me in").catch(() => {});
      for (let i = 0; i < 2; i++) {
        note((await assertRejects(() => keyless.recv(), AuthenticationError)).message);
      }
      note((await assertRejects(() => keyless.send(1), AuthenticationError)).message);
      keyless.close();
      await refused;
    }
    const accepted = listener.accept();
    using here = await Client(place, { authKey });
    using there = await accepted;
    await here.send("with a key");
    note(await there.recv());
  });
}

conform("a connection over a socket refuses handles by their names", async (note) => {
  const [here, there, listener] = await pairOf(undefined);
  const [pipe] = mp.Pipe();
  const handles = [new mp.Lock(), new mp.Event(), new mp.Queue(), mp.Array("i", 3), pipe];
  for (const handle of handles) {
    const error = await assertRejects(() => here.send({ deep: [handle] }), SerializationError);
    note([error.path, error.message]);
  }
  const error = await assertRejects(() => here.send(new Unregistered()), SerializationError);
  note(error.path);
  note((await assertRejects(() => pipe.send(here), SerializationError)).message);
  assertEquals([pipe.closed, here.closed], [false, false]);
  await here.send("fine");
  assertEquals(await there.recv(), "fine");
  for (const each of [here, there, listener]) each.close();
});

conform("a connection over a socket serves its callers in their order", async (note) => {
  const [here, there, listener] = await pairOf(undefined);
  const all = [there.recv(), there.recv({ timeout: 20_000 }), there.recv()];
  await assertRejects(() => there.recv({ timeout: 5 }), TimeoutError);
  for (const i of [1, 2, 3]) await here.send(i);
  note(await Promise.all(all));
  note([await there.poll(), await there.poll({ timeout: 5 })]);
  for (const each of [here, there, listener]) each.close();
});

conform("a connection over a socket makes a fast sender wait", async (note) => {
  const [here, there, listener] = await pairOf(undefined);
  const bytes = new Uint8Array(1 << 20).fill(1);
  let sent = 0;
  const all = Array.from({ length: 40 }, () => here.sendBytes(bytes).then(() => sent++));
  await assertRejects(() => there.recv({ timeout: 0 }), TimeoutError);
  let received = 0;
  for (let i = 0; i < 40; i++) received += (await there.recvBytes()).length;
  await Promise.all(all);
  note([sent, received]);
  assertEquals([sent, received], [40, 40 << 20]);
  for (const each of [here, there, listener]) each.close();
});
