/** `wait()`: connections, sentinels and queues at once. */

import { assertEquals, assertRejects } from "@std/assert";
import { Client, Listener, ProcessError, wait } from "../../mod.ts";
import * as targets from "../fixtures/pipe_targets.ts";
import { mp, valueOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";

conform("wait() gives all that are ready, in the order in which they were given", async (note) => {
  const [a, b] = mp.Pipe<number>();
  const [c, d] = mp.Pipe<number>();
  const [e] = mp.Pipe<number>();
  await b.send(1);
  d.close();
  const ready = await wait([c, e, a, c]);
  note(ready.map((connection) => [a, c, e].indexOf(connection)));
  assertEquals(ready.length, 2);
  assertEquals(await a.recv(), 1);
  assertEquals(await wait([a], { timeout: 0 }), []);
});

conform("wait() gives nothing when the time is over, and takes nothing", async (note) => {
  const [a, b] = mp.Pipe<number>();
  note([await wait([a], { timeout: 5 }), await wait([a], { timeout: -1 }), await wait([])]);
  const waiting = wait([a], { timeout: 20_000 });
  await b.send(7);
  note([(await waiting).length, await a.poll(), await a.recv()]);
});

conform("wait() waits for the end of a process, for a message and for an item", async (note) => {
  const [here, there] = mp.Pipe();
  const queue = new mp.Queue<string>();
  const child = new mp.Process({ target: targets.putAndSend, args: [queue, there] });
  await child.start();
  const { sentinel } = child;
  const seen: string[] = [];
  while (seen.length < 3) {
    for (const object of await wait([sentinel, here, queue])) {
      if (object === queue) seen.push(await queue.get());
      else if (object === sentinel) {
        seen.push("end");
        break;
      } else if (!seen.includes("message")) {
        seen.push(await here.recv() as string);
        await here.send("go on");
      }
      if (seen.length === 3) break;
    }
  }
  note(seen.toSorted());
  assertEquals(seen.toSorted(), ["end", "item", "message"]);
  assertEquals(await wait([sentinel]), [sentinel]);
  note(await child.join());
});

conform("wait() sees the end of a connection whose holder is killed", async (note) => {
  const [here, there] = mp.Pipe();
  const held = new mp.Event();
  const child = new mp.Process({ target: targets.holdForEver, args: [there, held] });
  await child.start();
  await held.wait();
  const waiting = wait([here, child.sentinel]);
  child.kill();
  note((await waiting).length > 0);
  await child.join();
  note((await wait([here, child.sentinel])).length);
});

conform("wait() may wait for the same objects many times at once", async (note) => {
  const [a, b] = mp.Pipe<number>();
  const all = Array.from({ length: 10 }, () => wait([a]));
  const received = a.recv();
  await b.send(1);
  await received;
  await b.send(2);
  note((await Promise.all(all)).map((ready) => ready.length));
  assertEquals(await a.recv(), 2);
});

conform("wait() is used in a child, too", async (note) => {
  const pipes = Array.from({ length: 3 }, () => mp.Pipe());
  const told = valueOf(targets.tellFirst, pipes.map(([, there]) => there));
  await pipes[1][0].send("me");
  note(await told);
  assertEquals(await told, [1, "me"]);
  // A connection that nobody can use any more may count as closed.
  for (const [here] of pipes) here.close();
});

conform("wait() takes connections over sockets", async (note) => {
  using listener = new Listener();
  using client = await Client(await listener.address);
  using server = await listener.accept();
  note(await wait([server], { timeout: 5 }));
  const waiting = wait([server, client]);
  await client.send("x");
  note([(await waiting)[0] === server, await server.recv()]);
  client.close();
  note([(await wait([server])).length, await server.poll()]);
});

conform("wait() refuses what cannot be waited for", async (note) => {
  const [a, b] = mp.Pipe({ duplex: false });
  for (const bad of [1, null, {}, "x"]) {
    note((await assertRejects(() => wait([bad as never]), TypeError)).message);
  }
  note((await assertRejects(() => wait(a as never), TypeError)).message);
  note((await assertRejects(() => wait([b]), ProcessError)).message);
  note((await assertRejects(() => wait([a], { timeout: "1" as never }), TypeError)).message);
  const waiting = wait([a]);
  a.close();
  note((await assertRejects(() => waiting, ProcessError)).message);
  note((await assertRejects(() => wait([a]), ProcessError)).message);
});

conform("wait() ends when its signal is aborted", async (note) => {
  const [a, b] = mp.Pipe<number>();
  const abort = new AbortController();
  const waiting = wait([a], { signal: abort.signal });
  abort.abort(new RangeError("enough"));
  note((await assertRejects(() => waiting, RangeError)).message);
  await b.send(1);
  assertEquals(await a.recv(), 1);
  note((await assertRejects(() => wait([a], { signal: abort.signal }), RangeError)).message);
});
