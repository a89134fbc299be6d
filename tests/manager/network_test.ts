/** Managers that are reached by an address: keys, strangers, limits, death, other runtimes. */

import { type AddressInfo, connect as connectSocket, createServer, type Socket } from "node:net";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type Address,
  AuthenticationError,
  Client,
  EOFError,
  type ListProxy,
  ProcessError,
  SerializationError,
  type Server,
  setExecutable,
  SyncManager,
} from "../../mod.ts";
import { frameHeader } from "../../src/connection/socket/frames.ts";
import { executable, runtimeNames } from "../../scripts/support/runtimes.ts";
import * as targets from "../fixtures/manager_network_targets.ts";
import { createHundred, Place, pushAll } from "../fixtures/manager_targets.ts";
import { cert, key } from "../fixtures/tls_keys.ts";
import { freshPath, mp, readValue, runToEnd, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { failure } from "../support/failure.ts";
import { framesOf } from "../support/frames_heard.ts";
import { noOther } from "../support/missing.ts";

const free: Address = { host: "127.0.0.1", port: 0 };
const authKey = new Uint8Array([1, 2, 3, 4]);

type Options = ConstructorParameters<typeof SyncManager>[0];

/** Runs with a server in this process, and one client of it. */
async function withServer(
  options: Options,
  body: (
    client: InstanceType<typeof targets.NetworkManager>,
    address: Address,
    server: Server,
  ) => Promise<void>,
): Promise<void> {
  const all = { address: free, authKey, ...options };
  using server = new targets.NetworkManager(all).getServer();
  const served = server.serveForever();
  const address = await server.address;
  await using client = new targets.NetworkManager({ ...all, address });
  await client.connect();
  await body(client, address, server);
  server.stop();
  await served;
}

conform("a manager is used from elsewhere by its address and its key", async (note) => {
  await withServer({}, async (manager) => {
    const list = await manager.list<unknown>([1]);
    const dict = await manager.dict<string, unknown>({ list });
    const same = await dict.get("list") as ListProxy;
    await same.push(2, new Map([["k", new Set([3n])]]));
    note([await list.copy(), await dict.repr(), await manager.stats()]);
    const counter = await manager.Counter(5);
    const steps: number[] = [];
    for await (const step of await counter.upTo(3)) steps.push(step);
    note([await counter.add(1), steps, await failure(counter.fail())]);
    const queue = await manager.Queue<number>();
    const waiting = queue.get();
    await queue.put(7);
    note(await waiting);
  });
});

conform("a Unix socket serves as well, and is gone afterwards", async (note) => {
  const address = freshPath();
  for (let i = 0; i < 2; i++) {
    await withServer({ address }, async (manager) => note(await (await manager.list([i])).copy()));
  }
});

conform("proxies of a manager elsewhere travel within a program", async (note) => {
  await withServer({}, async (manager) => {
    const list = await manager.list<unknown>();
    const child = new mp.Process({ target: pushAll, args: [list, ["from a child"]] });
    assertEquals(await runToEnd(child), 0);
    note(await list.copy());
  });
});

conform("who has another key is refused, and nobody else", async (note) => {
  await withServer({}, async (manager, address) => {
    const stranger = new SyncManager({ address, authKey: new Uint8Array([9]) });
    await assertRejects(() => stranger.connect(), AuthenticationError);
    const keyless = new SyncManager({ address });
    note((await assertRejects(() => keyless.connect(), AuthenticationError)).message);
    note(await (await manager.list([1])).copy());
  });
});

conform("without a key only this machine is listened to", async (note) => {
  const open = new SyncManager({ address: { host: "0.0.0.0", port: 0 } });
  note(assertThrows(() => open.getServer(), TypeError).message);
  await assertRejects(() => open.start(), TypeError);
  assertThrows(() => new SyncManager({ address: 5 as never }), TypeError);
  assertThrows(() => new SyncManager({ address: { host: "h", port: 70_000 } }), RangeError);
  assertThrows(() => new SyncManager({ authKey: "key" as never }), TypeError);
  assertThrows(() => new SyncManager({ tls: true as never }), TypeError);
  assertThrows(() => new SyncManager({ maxClients: 0 }), RangeError);
  const nowhere = new SyncManager();
  await assertRejects(() => nowhere.connect(), ProcessError);
  assertThrows(() => nowhere.getServer(), ProcessError);
  await assertRejects(
    () => new SyncManager({ address: { host: "127.0.0.1", port: 1 } }).connect(),
    ProcessError,
  );
});

conform("what no client of a manager says ends its connection, and nothing else", async (note) => {
  await withServer({}, async (manager, address) => {
    const said: unknown[] = [
      "hello",
      [2, 1, "get", "key"],
      [0, ""],
      [0, {}],
      [{ kind: 0 }],
    ];
    for (const first of said) {
      using connection = await Client(address, { authKey });
      await connection.send(first);
      await assertRejects(() => connection.recv(), EOFError);
    }
    const after: unknown[] = [null, [99, 1], ["call"], [], [10]];
    for (const second of after) {
      using connection = await Client(address, { authKey });
      await connection.send([0, "somebody"]);
      await connection.send(second);
      await assertRejects(() => connection.recv(), EOFError);
    }
    note(await (await manager.list([1])).copy());
  });
});

conform("calls that are none are answered by errors", async (note) => {
  await withServer({}, async (manager, address) => {
    const dict = await manager.dict({ a: 1 });
    using connection = await Client<unknown, [number, number, unknown]>(address, { authKey });
    await connection.send([0, "somebody"]);
    const calls: unknown[][] = [
      [2, 1, "constructor"],
      [2, 1, "__proto__"],
      [2, 1, ["get"]],
      [2, "1", "get"],
      [2, 999, "get"],
      [1, "constructor"],
      [1, {}],
      [2, 1, "get", new Uint8Array([255, 255])],
    ];
    const kinds: number[] = [];
    for (const call of calls) {
      await connection.send(call);
      kinds.push((await connection.recv())[0]);
    }
    note(kinds);
    assertEquals(kinds, calls.map(() => 2));
    // A stranger cannot release what it does not have.
    await connection.send([5, 1]);
    await connection.send([9]);
    await connection.recv();
    note(await dict.get("a"));
  });
});

conform("bytes that are no message end a connection, and nothing else", async (note) => {
  await withServer({ authKey: undefined }, async (manager, address) => {
    const { host, port } = address as { host: string; port: number };
    for (const bytes of [[0, 0, 0, 0, 0], [255, 255, 255, 255, 1], [0, 0, 0, 2, 77, 1]]) {
      const socket: Socket = connectSocket(port, host);
      const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      socket.on("error", () => {});
      socket.resume();
      socket.write(new Uint8Array(bytes));
      await closed;
    }
    note(await (await manager.list([1])).copy());
  });
});

conform("more clients than maxClients are refused with the reason", async (note) => {
  await withServer({ maxClients: 1 }, async (manager, address) => {
    const second = new SyncManager({ address, authKey });
    note(await failure(second.connect()));
    note(await (await manager.list([1])).copy());
  });
});

conform("a client that leaves makes room for another one", async (note) => {
  await withServer({ maxClients: 2 }, async (manager, address) => {
    for (let i = 0; i < 3; i++) {
      const [second, third] = [
        new SyncManager({ address, authKey }),
        new SyncManager({ address, authKey }),
      ];
      {
        await using _second = second;
        await second.connect();
        note(await failure(third.connect()));
      }
      while ((await manager.stats()).clients > 1);
    }
  });
});

conform(
  "a client that leaves its scope closes its connection, whatever it still has",
  async (note) => {
    await withServer({}, async (manager, address) => {
      let list: ListProxy<number> | null = null;
      let waiting: Promise<string> | null = null;
      {
        await using client = new SyncManager({ address, authKey });
        await client.connect();
        list = await client.list([1]);
        waiting = failure((await client.Queue()).get());
        note([(await manager.stats()).clients, await list.copy()]);
      }
      note([await waiting, await failure(list.copy())]);
      while ((await manager.stats()).clients > 1);
      list.dispose();
      assertEquals((await manager.stats()).objects, 0);
      // Another one of the same program goes on, and so does a new one.
      note(await (await manager.list([2])).copy());
      await using again = new SyncManager({ address, authKey });
      await again.connect();
      note(await (await again.list([3])).copy());
    });
  },
);

/** A client that is written by hand: says bytes, and hears frames. */
function strangerAt(address: Address): {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  hear(): Promise<Uint8Array>;
} {
  const { host, port } = address as { host: string; port: number };
  const socket = connectSocket(port, host);
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  return { socket, closed, hear: framesOf(socket, 4096) };
}

const textOf = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);

conform("what a client has said once proves nothing when it is said again", async (note) => {
  await withServer({}, async (manager, address) => {
    const { host, port } = address as { host: string; port: number };
    const said: Uint8Array[] = [];
    // Listens in on a client that has the key.
    const relay = createServer((from) => {
      const to = connectSocket(port, host);
      from.on("error", () => {});
      to.on("error", () => {});
      from.on("data", (chunk) => said.push(new Uint8Array(chunk)));
      from.pipe(to);
      to.pipe(from);
    });
    await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
    const heardAt = { host, port: (relay.address() as AddressInfo).port };
    {
      await using client = new SyncManager({ address: heardAt, authKey });
      await client.connect();
      note(await (await client.list(["secret"])).copy());
    }
    relay.close();
    const { clients } = await manager.stats();
    const replaying = strangerAt(address);
    note(textOf((await replaying.hear()).subarray(0, 19)));
    for (const bytes of said) replaying.socket.write(bytes);
    note(textOf(await replaying.hear()));
    await replaying.closed;
    // Nor does the server's own challenge, given back to it.
    const reflecting = strangerAt(address);
    const challenge = await reflecting.hear();
    reflecting.socket.write(frameHeader(3, challenge.length));
    reflecting.socket.write(challenge);
    note(textOf(await reflecting.hear()));
    await reflecting.closed;
    note([(await manager.stats()).clients <= clients, await (await manager.list([1])).copy()]);
  });
});

conform("who says too little in its time is let go, and keeps nobody waiting", async (note) => {
  await withServer({}, async (keyed, place) => {
    await withServer({ authKey: undefined }, async (open, openPlace) => {
      const silent = [strangerAt(place), strangerAt(openPlace)];
      const dribbling = [strangerAt(place), strangerAt(openPlace)];
      await dribbling[0].hear();
      // Of a proof, and of the first message: a byte again and again, and never all of them.
      const frames = [frameHeader(3, 200), frameHeader(1, 4000)];
      dribbling.forEach(({ socket }, i) => socket.write(frames[i]));
      const dribble = setInterval(() => dribbling.forEach(({ socket }) => socket.write("x")), 300);
      // Others are served meanwhile.
      note([await (await keyed.list([1])).copy(), await (await open.list([2])).copy()]);
      await using client = new SyncManager({ address: place, authKey });
      await client.connect();
      await Promise.all([...silent, ...dribbling].map(({ closed }) => closed));
      clearInterval(dribble);
      note([await (await keyed.list([3])).copy(), await (await open.list([4])).copy()]);
      note([(await keyed.stats()).clients, (await open.stats()).clients]);
    });
  });
});

conform("a message that never becomes whole keeps nobody else waiting", async (note) => {
  await withServer({ authKey: undefined }, async (manager, address) => {
    const stranger = strangerAt(address);
    stranger.socket.write(new Uint8Array([0x7f, 0xff, 0xff, 0xf0, 1, 1, 2, 3]));
    const list = await manager.list([1]);
    for (let i = 0; i < 100; i++) await list.push(i);
    note(await list.length());
    stranger.socket.destroy();
    await stranger.closed;
    while ((await manager.stats()).clients > 1);
  });
});

conform("values of this program only are refused on their way elsewhere", async (note) => {
  await withServer({}, async (manager) => {
    const dict = await manager.dict<string, unknown>();
    const error = await assertRejects(
      () => dict.set("lock", { inner: new mp.Lock() }),
      SerializationError,
    );
    note([error.path, error.message]);
    await using other = await mp.Manager();
    note(await failure(dict.set("proxy", await other.list())));
    note(await failure(manager.Barrier(1, { action: () => {} })));
    note(await failure(dict.set("place", createHundred)));
    await dict.set("place", new Place(3));
    assert(await dict.get("place") instanceof Place);
  });
});

conform(
  "a stopped server is seen by its clients; another one takes its place at once",
  async (note) => {
    let port = 0;
    await withServer({}, async (manager, address, server) => {
      ({ port } = address as { port: number });
      const queue = await manager.Queue();
      const waiting = queue.get();
      const pending = failure(waiting);
      await queue.qsize();
      server.stop();
      const told = [await pending, await failure(queue.put(1))];
      note(told.map((text) => text.replace(`:${port}`, ":PORT")));
      assert(told.every((text) => text.includes(`at 127.0.0.1:${port} has ended`)), told[0]);
    });
    await withServer({ address: { host: "127.0.0.1", port } }, async (manager) => {
      note(await (await manager.list([1])).copy());
    });
  },
);

conform("a manager that was started is reached by its address, too", async (note) => {
  await using manager = new mp.SyncManager({ address: free, authKey });
  await manager.start();
  const { address } = manager;
  await using client = new SyncManager({ address: address!, authKey });
  await client.connect();
  const list = await client.list([1]);
  note([await list.copy(), (await manager.stats()).clients]);
  await assertRejects(() => client.shutdown(), ProcessError);
  const pending = list.at(0);
  await pending;
  await manager.shutdown();
  await assertRejects(() => list.at(0), EOFError);
});

conform("a connection can be encrypted by TLS", async (note) => {
  const tls = { key, cert, ca: cert, servername: "localhost" };
  await withServer({ tls }, async (manager, address) => {
    note(await (await manager.list(["in secret"])).copy());
    const plain = new SyncManager({ address, authKey });
    await assertRejects(() => plain.connect(), Error);
    const distrustful = new SyncManager({ address, authKey, tls: { servername: "localhost" } });
    await assertRejects(() => distrustful.connect(), ProcessError);
    note(await (await manager.list(["still"])).copy());
  });
});

for (const runtime of runtimeNames) {
  conform(`a manager on ${runtime} is used by its address, until it is killed`, async (note) => {
    setExecutable(executable(runtime), { runtime });
    const path = freshPath();
    const child = new mp.Process({ runtime, target: targets.serve, args: [path, free, authKey] });
    await child.start();
    await until(() => readValue(path) !== undefined);
    const address = readValue(path) as Address;
    await targets.countThere(address, authKey);
    await using manager = new targets.NetworkManager({ address, authKey });
    await manager.connect();
    const queue = await manager.Queue();
    const waiting = failure(queue.get());
    await queue.qsize();
    child.kill();
    note((await waiting).split(":")[0]);
    await child.join();
    await assertRejects(() => queue.put(1), EOFError);
    // The port is free at once, though clients were connected.
    await withServer({ address }, async (manager) => note(await (await manager.list([1])).copy()));
  }, { skip: noOther });

  conform(`clients on ${runtime} come by the address`, async () => {
    setExecutable(executable(runtime), { runtime });
    await withServer({}, async (_, address) => {
      const child = new mp.Process({
        runtime,
        target: targets.countThere,
        args: [address, authKey],
      });
      assertEquals(await runToEnd(child), 0);
    });
  }, { skip: noOther });
}
