/** `Pipe` and `Connection` between processes: whole messages, in order, and an end that is always seen. */

import { readdirSync } from "node:fs";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  BufferTooShort,
  type Connection,
  EOFError,
  getContext,
  ProcessError,
  SerializationError,
  setExecutable,
  TimeoutError,
} from "../../mod.ts";
import { executable, runtimeNames } from "../../scripts/support/runtimes.ts";
import * as targets from "../fixtures/pipe_targets.ts";
import { Point, Socket } from "../fixtures/process_classes.ts";
import { mp, valueOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { noOther } from "../support/missing.ts";

const nameOf = (error: unknown) => (error as Error).name;

/** A child that echoes, and the end that leads to it. */
async function startEcho(target = targets.echo) {
  const [here, there] = mp.Pipe();
  const child = new mp.Process({ target, args: [there] });
  await child.start();
  return { here, there, child };
}

conform("Pipe carries values both ways, in order", async (note) => {
  const { here, there, child } = await startEcho();
  assert(there.closed);
  const values = [1, "two", { three: [3] }, new Map([["k", -0]]), null, undefined, 2n ** 70n];
  for (const value of values) await here.send(value);
  const received: unknown[] = [];
  for (let i = 0; i < values.length; i++) received.push(await here.recv());
  assertEquals(received, values);
  here.close();
  note([received.length, await child.join()]);
});

conform("Pipe without duplex leads from the second end to the first", async (note) => {
  const [receiver, sender] = mp.Pipe<string>({ duplex: false });
  note([receiver.readable, receiver.writable, sender.readable, sender.writable]);
  assertEquals([receiver.readable, receiver.writable], [true, false]);
  await sender.send("x");
  assertEquals(await receiver.recv(), "x");
  note((await assertRejects(() => receiver.send("x"), ProcessError)).message);
  note((await assertRejects(() => sender.recv(), ProcessError)).message);
  note((await assertRejects(() => sender.poll(), ProcessError)).message);
});

conform("Pipe refuses options that are none", (note) => {
  note(assertThrows(() => mp.Pipe({ duplex: 1 as never }), TypeError).message);
  note(assertThrows(() => mp.Pipe(true as never), TypeError).message);
});

conform("Connection.recv() gives what was sent before a close, then EOFError", async (note) => {
  const [here, there] = mp.Pipe<number>();
  await there.send(1);
  await there.send(2);
  there.close();
  there.close();
  assertEquals([await here.poll(), await here.recv(), await here.recv()], [true, 1, 2]);
  assertEquals(await here.poll(), true);
  note((await assertRejects(() => here.recv(), EOFError)).message);
  note((await assertRejects(() => here.send(1), EOFError)).message);
  note((await assertRejects(() => there.send(1), ProcessError)).message);
  note((await assertRejects(() => there.recv(), ProcessError)).message);
});

for (const then of ["close", "live", "end"] as const) {
  conform(`Connection.recv() gives all that a child sent before its end: ${then}`, async (note) => {
    const [here, there] = mp.Pipe();
    const values = Array.from({ length: 100 }, (_, i) => ({ i, text: "x".repeat(i) }));
    const child = new mp.Process({ target: targets.sendAll, args: [there, values, then] });
    await child.start();
    if (then === "live") {
      // It is killed with its messages in the pipe.
      while (!await here.poll({}));
      const first = await here.recv();
      for (const value of values.slice(1, 50)) assertEquals(await here.recv(), value);
      assertEquals(first, values[0]);
      while (!(await here.poll({})));
      child.kill();
      await child.join();
    }
    const rest: unknown[] = [];
    for await (const value of here) rest.push(value);
    note(then === "live" ? rest.length <= 50 : rest.length);
    if (then === "live") assertEquals(rest, values.slice(50, 50 + rest.length));
    else assertEquals(rest, values);
    note(nameOf(await assertRejects(() => here.recv(), EOFError)));
    if (child.isAlive()) child.kill();
    await child.join();
  });
}

conform("Connection.recv() that waits ends with the only holder of the other end", async (note) => {
  const [here, there] = mp.Pipe();
  const held = new mp.Event();
  const child = new mp.Process({ target: targets.holdForEver, args: [there, held] });
  await child.start();
  await held.wait();
  const received = here.recv();
  child.kill();
  note((await assertRejects(() => received, EOFError)).message);
  note((await assertRejects(() => here.send(1), EOFError)).message);
  await child.join();
});

conform("Connection.recv() ends with a holder that never yields and is killed", async (note) => {
  const [here, there] = mp.Pipe();
  const child = new mp.Process({ target: targets.neverYield, args: [there] });
  await child.start();
  note(await here.recv());
  const waiting = here.recv();
  child.terminate();
  note((await assertRejects(() => waiting, EOFError)).message);
  note((await child.join())! < 0);
});

conform("Connection.send() waits while there is no room, and goes on", async (note) => {
  const [here, there] = mp.Pipe<{ i: number; text: string }>();
  let sent = 0;
  const text = "x".repeat(20_000);
  const all = Array.from(
    { length: 100 },
    (_, i) => here.send({ i, text }).then(() => sent++),
  );
  await Promise.resolve();
  assertEquals(await there.recv(), { i: 0, text });
  assert(sent < 100);
  for (let i = 1; i < 100; i++) assertEquals((await there.recv()).i, i);
  await Promise.all(all);
  note(sent);
});

conform(
  "Connection.send() that waits for room rejects when the other end is gone",
  async (note) => {
    const [here, there] = mp.Pipe();
    const held = new mp.Event();
    const child = new mp.Process({ target: targets.holdForEver, args: [there, held] });
    await child.start();
    await held.wait();
    const text = "x".repeat(20_000);
    const all = Array.from({ length: 50 }, () => here.send(text));
    const ends = Promise.allSettled(all);
    child.kill();
    await child.join();
    const last = (await ends).at(-1)!;
    note([last.status, nameOf((last as PromiseRejectedResult).reason)]);
    assertEquals(last.status, "rejected");
  },
);

conform("Connection copies a value at the call, also where it must wait for room", async (note) => {
  const [here, there] = mp.Pipe<{ text: string; n: number }>();
  const item = { text: "x".repeat(30_000), n: 0 };
  const all: Promise<void>[] = [];
  for (; item.n < 30; item.n++) all.push(here.send(item));
  item.n = -1;
  const received: number[] = [];
  for (let i = 0; i < 30; i++) received.push((await there.recv()).n);
  await Promise.all(all);
  note(received);
  assertEquals(received, Array.from({ length: 30 }, (_, i) => i));
});

conform("Connection carries messages of any size there and back", async (note) => {
  const { here, child } = await startEcho();
  for (const size of [0, 1, 65_519, 65_520, 65_521, 262_144, 5_000_000]) {
    const bytes = new Uint8Array(size).fill(size % 251);
    const sent = here.send({ size, bytes });
    const back = await here.recv() as { size: number; bytes: Uint8Array };
    await sent;
    assertEquals([back.size, back.bytes.length], [size, size]);
    assertEquals(back.bytes.findIndex((byte) => byte !== size % 251), -1);
  }
  here.close();
  note(await child.join());
});

conform("Connection takes 64 MiB as one message", async (note) => {
  const { here, child } = await startEcho(targets.echoBytes);
  const bytes = new Uint8Array(64 << 20);
  for (let i = 0; i < bytes.length; i += 4099) bytes[i] = i % 251;
  const sent = here.sendBytes(bytes);
  const back = await here.recvBytes();
  await sent;
  assertEquals(back.length, bytes.length);
  let wrong = 0;
  for (let i = 0; i < bytes.length; i += 4099) if (back[i] !== bytes[i]) wrong++;
  here.close();
  note([wrong, await child.join()]);
  assertEquals(wrong, 0);
});

conform(
  "Connection.send() of a large message resolves when it was received, or rejects",
  async (note) => {
    const [here, there] = mp.Pipe();
    const received = new mp.Event();
    const child = new mp.Process({ target: targets.receiveOne, args: [there, received] });
    await child.start();
    await here.send(new Uint8Array(1_000_000));
    note(await received.wait({ timeout: 20_000 }));
    const second = here.send(new Uint8Array(1_000_000));
    child.kill();
    note((await assertRejects(() => second, EOFError)).message);
    await child.join();
  },
);

conform("a Connection stays open that arrives beside what has to be loaded there", async () => {
  // Between two attempts to read the arguments nobody has the connection, and memory may be collected.
  for (let i = 0; i < 5; i++) {
    const [here, there] = mp.Pipe();
    const received = new mp.Event();
    const child = new mp.Process({ target: targets.receiveOne, args: [there, received] });
    await child.start();
    await here.send(new Uint8Array(1_000_000));
    assertEquals(await received.wait({ timeout: 20_000 }), true);
    child.kill();
    await child.join();
  }
});

conform("Connection.close() lets a large message arrive that is on its way", async (note) => {
  const [here, there] = mp.Pipe();
  const sent = here.send(new Uint8Array(1_000_000).fill(3));
  here.close();
  const bytes = await there.recv() as Uint8Array;
  await sent;
  note([bytes.length, bytes[999_999], nameOf(await assertRejects(() => there.recv(), EOFError))]);
});

conform("Connection.sendBytes() sends a part of any memory, also nothing", async (note) => {
  const [here, there] = mp.Pipe();
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => i);
  await here.sendBytes(bytes, 2, 3);
  await here.sendBytes(bytes.buffer, 14);
  await here.sendBytes(new DataView(bytes.buffer, 4, 4), 1);
  await here.sendBytes(new Uint16Array(bytes.buffer, 8, 2));
  await here.sendBytes(new Uint8Array(0));
  const received: number[][] = [];
  for (let i = 0; i < 5; i++) received.push([...await there.recvBytes()]);
  note(received);
  assertEquals(received, [[2, 3, 4], [14, 15], [5, 6, 7], [8, 9, 10, 11], []]);
  await here.sendBytes(bytes, 0, 2);
  assertEquals(await there.recv(), bytes.slice(0, 2));
});

conform("Connection.sendBytes() refuses what lies outside, and sends nothing", async (note) => {
  const [here, there] = mp.Pipe();
  const bytes = new Uint8Array(4);
  for (const [offset, size] of [[-1, 1], [5, 0], [2, 3], [0, -1], [0.5, 1]]) {
    note((await assertRejects(() => here.sendBytes(bytes, offset, size), RangeError)).message);
  }
  note((await assertRejects(() => here.sendBytes("text" as never), TypeError)).message);
  note(await there.poll());
  assertEquals(await there.poll(), false);
});

conform(
  "Connection.recvBytes() refuses a message that is too long, and leaves it",
  async (note) => {
    const [here, there] = mp.Pipe();
    await here.sendBytes(new Uint8Array(10));
    note((await assertRejects(() => there.recvBytes({ maxLength: 9 }), RangeError)).message);
    note((await assertRejects(() => there.recvBytes({ maxLength: -1 }), RangeError)).message);
    assertEquals((await there.recvBytes({ maxLength: 10 })).length, 10);
    await here.send("a value");
    note((await assertRejects(() => there.recvBytes(), TypeError)).message);
    assertEquals(await there.recv(), "a value");
  },
);

conform(
  "Connection.recvBytesInto() writes into memory, and gives back what has no room",
  async (note) => {
    const [here, there] = mp.Pipe();
    const target = new Uint8Array(8);
    await here.sendBytes(new Uint8Array([1, 2, 3]));
    note([await there.recvBytesInto(target, 4), [...target]]);
    assertEquals([...target], [0, 0, 0, 0, 1, 2, 3, 0]);
    await here.sendBytes(new Uint8Array([1, 2, 3]));
    const error = await assertRejects(() => there.recvBytesInto(target, 6), BufferTooShort);
    note([error.message, [...error.data]]);
    assertEquals([...error.data], [1, 2, 3]);
    note((await assertRejects(() => there.recvBytesInto(target, 9), RangeError)).message);
    note((await assertRejects(() => there.recvBytesInto(target, -1), RangeError)).message);
    assertEquals(await there.poll(), false);
  },
);

conform("Connection.recv() that times out or is aborted has taken nothing", async (note) => {
  const [here, there] = mp.Pipe<string>();
  note((await assertRejects(() => there.recv({ timeout: 5 }), TimeoutError)).message);
  note((await assertRejects(() => there.recv({ timeout: 0 }), TimeoutError)).message);
  const abort = new AbortController();
  const waiting = there.recv({ signal: abort.signal });
  const next = there.recv();
  abort.abort(new RangeError("enough"));
  note((await assertRejects(() => waiting, RangeError)).message);
  await here.send("kept");
  assertEquals(await next, "kept");
  note((await assertRejects(() => there.recv({ signal: abort.signal }), RangeError)).message);
  note((await assertRejects(() => there.recv({ timeout: "1" as never }), TypeError)).message);
});

conform("Connection.recv() serves its callers in their order", async (note) => {
  const [here, there] = mp.Pipe<number>();
  const all = [there.recv(), there.recv({ timeout: 20_000 }), there.recv()];
  for (const i of [1, 2, 3]) await here.send(i);
  note(await Promise.all(all));
  assertEquals(await Promise.all(all), [1, 2, 3]);
});

conform("Connection.poll() tells whether something is there, and takes nothing", async (note) => {
  const [here, there] = mp.Pipe<number>();
  note([await there.poll(), await there.poll({ timeout: 5 }), await there.poll({ timeout: -1 })]);
  const waiting = there.poll({ timeout: 20_000 });
  await here.send(1);
  assertEquals([await waiting, await there.poll(), await there.recv()], [true, true, 1]);
  const end = there.poll({});
  here.close();
  assertEquals([await end, await there.poll()], [true, true]);
});

conform("Connection.poll() in a loop lets the event loop go on", async (note) => {
  const [here, there] = mp.Pipe<number>();
  let turns = 0;
  const timer = setInterval(() => turns++ === 3 && void here.send(1), 1);
  while (!await there.poll());
  clearInterval(timer);
  note(await there.recv());
  setTimeout(() => there.close(), 5);
  await assertRejects(async () => {
    for (;;) await there.send(await here.poll() ? Number(await here.recv()) : 2);
  }, ProcessError);
});

conform("Connection.close() ends the waits of its own process", async (note) => {
  const [, there] = mp.Pipe();
  const waiting = [there.recv(), there.recv()];
  there[Symbol.dispose]();
  for (const wait of waiting) note((await assertRejects(() => wait, ProcessError)).message);
  assertEquals(there.closed, true);
});

conform("Connection refuses a value that cannot be sent, and sends nothing", async (note) => {
  const [here, there] = mp.Pipe();
  const [a, b] = mp.Pipe();
  const error = await assertRejects(
    () => here.send({ list: [b, new Socket()] }),
    SerializationError,
  );
  note([error.path, b.closed, await there.poll()]);
  assertEquals(b.closed, false);
  await a.send("still");
  assertEquals(await b.recv(), "still");
});

conform("Connection carries instances of classes that are registered", async (note) => {
  const [here, there] = mp.Pipe();
  const child = new mp.Process({ target: targets.sendPoint, args: [there] });
  await child.start();
  const point = await here.recv() as Point;
  assert(point instanceof Point);
  note([point.length(), await child.join()]);
});

conform("a connection moves through a pipe to another process", async (note) => {
  const [here, there] = mp.Pipe();
  const [mine, moved] = mp.Pipe();
  const child = new mp.Process({ target: targets.useReceived, args: [there] });
  await child.start();
  await here.send({ to: moved, text: "hello" });
  assert(moved.closed);
  note((await assertRejects(() => moved.send(1), ProcessError)).message);
  note((await assertRejects(() => here.send(moved), SerializationError)).message);
  note(await mine.recv());
  await mine.send(5);
  note(await mine.recv());
  mine.close();
  here.close();
  note(await child.join());
});

conform("a connection takes what is in the pipe along when it moves", async (note) => {
  const [mine, moved] = mp.Pipe();
  await mine.send("before");
  await moved.send("from before");
  const child = new mp.Process({ target: targets.echo, args: [moved] });
  await child.start();
  await mine.send("after");
  const received = [await mine.recv(), await mine.recv(), await mine.recv()];
  mine.close();
  note([received, await child.join()]);
  assertEquals(received, ["from before", "before", "after"]);
});

conform("a connection moves on to a grandchild", async (note) => {
  const [here, there] = mp.Pipe();
  const told = valueOf(targets.passOn, there);
  await here.send("far");
  assertEquals(await here.recv(), "far");
  here.close();
  note(await told);
  assertEquals(await told, true);
});

conform("a connection moves to its own process, as a new one", async (note) => {
  const [here, there] = mp.Pipe();
  const [a, b] = mp.Pipe<string>();
  await here.send([b]);
  assert(b.closed);
  const [again] = await there.recv() as [Connection<string>];
  await again.send("back");
  note([again === b, again.closed, await a.recv()]);
  await here.send(again);
  const third = await there.recv() as Connection<string>;
  await a.send("there");
  assertEquals(await third.recv(), "there");
  third.close();
  await assertRejects(() => a.recv(), EOFError);
});

conform("a connection on its way ends with the pipe that carries it", async (note) => {
  for (const how of ["close", "kill"]) {
    const [here, there] = mp.Pipe();
    const [mine, moved] = mp.Pipe();
    const held = new mp.Event();
    const child = new mp.Process({ target: targets.holdForEver, args: [there, held] });
    if (how === "kill") {
      await child.start();
      await held.wait();
    }
    await here.send({ moved });
    const waiting = mine.recv();
    if (how === "kill") child.kill();
    else there.close();
    note((await assertRejects(() => waiting, EOFError)).message);
    if (how === "kill") await child.join();
  }
});

conform("a connection stays where it is when its process cannot be started", async (note) => {
  const [here, there] = mp.Pipe<string>();
  const factor = Math.random();
  const child = new mp.Process({ target: (() => factor) as never, args: [there] });
  note(nameOf(await assertRejects(() => child.start())));
  assertEquals(there.closed, false);
  await there.send("here");
  assertEquals(await here.recv(), "here");
});

conform("a connection does not move while something of it is waited for", async (note) => {
  const [here, there] = mp.Pipe();
  const [mine, other] = mp.Pipe();
  const waiting = other.recv();
  note((await assertRejects(() => here.send(other), SerializationError)).message);
  await mine.send(1);
  assertEquals(await waiting, 1);
  const sending = other.send(new Uint8Array(1_000_000));
  note((await assertRejects(() => here.send(other), SerializationError)).message);
  await mine.recv();
  await sending;
  note((await assertRejects(() => mine.send(other), SerializationError)).message);
  await here.send(other);
  await there.recv();
});

conform("a connection moves to a task of a pool, and back as its result", async (note) => {
  await using pool = new mp.Pool(1);
  const [here, there] = mp.Pipe();
  const done = pool.apply(targets.sendOn, [there, "from a task"]);
  note([await here.recv(), await done, there.closed]);
  note(nameOf(await assertRejects(() => here.recv(), EOFError)));
  const connection = await pool.apply(targets.createEcho);
  await connection.send("around");
  note(await connection.recv());
  connection.close();
});

conform("a connection moves to a pool's initializer", async (note) => {
  const [here, there] = mp.Pipe();
  await using pool = new mp.Pool({ processes: 1, initializer: targets.keep, initArgs: [there] });
  const done = pool.apply(targets.echoKept);
  await here.send("kept");
  note(await here.recv());
  await done;
});

conform("a connection moves through a queue", async (note) => {
  const queue = new mp.Queue<Connection>();
  const [here, there] = mp.Pipe();
  const child = new mp.Process({ target: targets.echoFromQueue, args: [queue] });
  await child.start();
  await queue.put(there);
  await here.send("queued");
  note([there.closed, await here.recv()]);
  here.close();
  note(await child.join());
  const full = new mp.Queue({ maxSize: 1 });
  const [mine, other] = mp.Pipe();
  await full.put(1);
  note(nameOf(await assertRejects(() => full.put(other, { timeout: 5 }))));
  await other.send("still here");
  note(await mine.recv());
  await full.get();
  await full.put(other);
  const again = await full.get() as Connection;
  await again.send("and back");
  note(await mine.recv());
});

conform("a connection cannot go to two workers of a pool", async (note) => {
  const [here, there] = mp.Pipe();
  {
    await using pool = new mp.Pool({ processes: 2, initializer: targets.keep, initArgs: [there] });
    note(nameOf(await assertRejects(() => pool.apply(targets.echoKept))));
  }
  note(nameOf(await assertRejects(() => here.recv(), EOFError)));
});

conform("a connection that was lost in a pool is closed", async (note) => {
  const [here, there] = mp.Pipe();
  {
    await using pool = new mp.Pool(1);
    void pool.apply(targets.holdForEver, [there]).catch(() => {});
    while (!there.closed) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  note(nameOf(await assertRejects(() => here.recv(), EOFError)));
});

for (const runtime of runtimeNames) {
  setExecutable(executable(runtime), { runtime });

  conform(`Pipe leads to a child on ${runtime}, and connections move there`, async (note) => {
    const [here, there] = mp.Pipe();
    const [mine, moved] = mp.Pipe();
    const child = new mp.Process({ runtime, target: targets.useReceived, args: [there] });
    await child.start();
    await here.send({ to: moved, text: "hello" });
    note(await mine.recv());
    for (const size of [0, 1000, 200_000]) {
      const sent = mine.send("x".repeat(size));
      const back = await mine.recv() as [string, string];
      await sent;
      assertEquals(back[1].length, size);
    }
    mine.close();
    here.close();
    note(await child.join());
  }, { skip: noOther });

  conform(`Connection hears of the end of a child on ${runtime}`, async (note) => {
    const [here, there] = mp.Pipe();
    const held = new mp.Event();
    const child = new mp.Process({ runtime, target: targets.holdForEver, args: [there, held] });
    await child.start();
    await held.wait();
    const waiting = here.recv();
    child.kill();
    note((await assertRejects(() => waiting, EOFError)).message);
    await child.join();
  }, { skip: noOther });
}

conform("a connection is refused to a child of the other start method", async (note) => {
  const [, there] = mp.Pipe();
  const other = mp.getStartMethod() === "process" ? "thread" : "process";
  const context = getContext(other);
  const child = new context.Process({ target: targets.echo, args: [there] });
  note(nameOf(await assertRejects(() => child.start(), SerializationError)));
  assertEquals(there.closed, false);
});

conform(
  "the memory of pipes that were closed is used again, however many there are",
  async (note) => {
    const pipes = 5_000;
    const before = openFiles();
    let received = 0;
    for (let i = 0; i < pipes; i++) {
      const [a, b] = mp.Pipe<number>();
      await a.send(i);
      received += await b.recv() === i ? 1 : 0;
      b.close();
      a.close();
    }
    note([received === pipes, openFiles() - before < 100]);
  },
);

conform("the memory of a pipe is kept while one of its ends is open", async (note) => {
  const [a, b] = mp.Pipe<number>();
  const refused = assertRejects(() => a.recv(), ProcessError);
  a.close();
  note((await refused).name);
  const [c, d] = mp.Pipe<number>();
  b.close();
  await c.send(1);
  note(await d.recv());
});

/** How many files this process has open; 0 where that cannot be told. */
function openFiles(): number {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return 0;
  }
}
