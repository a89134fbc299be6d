/** A manager's server, over transports in memory: what dies in which instant. */

import { test } from "node:test";
import { assertEquals } from "@std/assert";
import {
  type Message,
  type Receiving,
  SENT,
  type Transport,
} from "../../src/connection/transport.ts";
import { Client } from "../../src/manager/wire/call.ts";
import { isCallable, PROXY_METHODS, publicMethods } from "../../src/manager/wire/exposed.ts";
import { ObjectTable } from "../../src/manager/server/object_table.ts";
import { Answer, Request } from "../../src/manager/wire/protocol.ts";
import { BaseProxy } from "../../src/manager/wire/proxy.ts";
import { proxyClassOf } from "../../src/manager/wire/proxy_classes.ts";
import { ManagerServer } from "../../src/manager/server/server.ts";
import { ServedLock } from "../../src/manager/served/lock.ts";
import { ServedQueue } from "../../src/manager/served/queue.ts";
import { ownType, type ServedType } from "../../src/manager/served/served_type.ts";
import { serveClient } from "../../src/manager/server/session.ts";

const NO_BYTES = new Uint8Array(0);

/** A client's end is the test itself: it says frames, and reads the answers. */
class MemoryTransport implements Transport {
  readonly state = "open";
  readonly readable = true;
  readonly writable = true;
  readonly failure = null;
  readonly isTrusted = true;
  readonly answers: unknown[][] = [];
  ended = false;
  readonly #said: unknown[] = [];
  #receiving: Receiving | null = null;

  say(...frames: unknown[]): void {
    this.#said.push(...frames);
    this.#receiving?.look();
  }

  sayUnheard(...frames: unknown[]): void {
    this.#said.push(...frames);
  }

  end(): void {
    this.ended = true;
    this.#receiving?.look();
  }

  send(_kind: number, payload: unknown): Promise<void> {
    this.answers.push(payload as unknown[]);
    return SENT;
  }

  first(): Message | null {
    return this.#said.length === 0 ? null : { kind: 1, bytes: NO_BYTES, start: 0, end: 0 };
  }

  release(): void {
    this.#said.shift();
  }

  decode(): unknown {
    return this.#said[0];
  }

  listen(receiving: Receiving | null): void {
    this.#receiving = receiving;
  }

  close(): void {}
}

function serverOf(...types: ServedType[]): ManagerServer {
  const place = { name: "s", locator: {}, program: null, address: null, where: "here" };
  return new ManagerServer(place, new Map(types.map((type) => [type.name, type])));
}

function clientOf(server: ManagerServer, name: string): MemoryTransport {
  const transport = new MemoryTransport();
  serveClient(server, transport, null);
  transport.say([Request.hello, name]);
  return transport;
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
const queueType = ownType("Queue", ([size]) => new ServedQueue(size), "put get qsize");
const lockType = ownType("Lock", () => new ServedLock(), "acquire release locked");

test("an item goes back in front when its receiver ends before it has said that it arrived", async () => {
  const server = serverOf(queueType);
  const first = clientOf(server, "first");
  first.say([Request.create, "Queue"]);
  await turn();
  for (const item of [1, 2, 3]) first.say([Request.call, 1, "put", item]);
  const second = clientOf(server, "second");
  second.say([Request.call, 1, "get"], [Request.call, 1, "get"]);
  assertEquals(second.answers, [[Answer.kept, 1, 1], [Answer.kept, 2, 2]]);
  second.end();
  first.say([Request.call, 1, "get"], [Request.call, 1, "get"]);
  assertEquals(first.answers.slice(-2).map(([, , item]) => item), [1, 2]);
  server.stop();
});

test("an item that has arrived does not go back", async () => {
  const server = serverOf(queueType);
  const first = clientOf(server, "first");
  first.say([Request.create, "Queue"]);
  await turn();
  first.say([Request.call, 1, "put", "only"]);
  const second = clientOf(server, "second");
  second.say([Request.call, 1, "get"], [Request.received, 1]);
  second.end();
  first.say([Request.call, 1, "qsize"]);
  assertEquals(first.answers.at(-1), [Answer.value, 3, 0]);
  server.stop();
});

test("who waits and ends is forgotten; what it held is released", async () => {
  const server = serverOf(queueType, lockType);
  const first = clientOf(server, "first");
  first.say([Request.create, "Queue"], [Request.create, "Lock"]);
  await turn();
  const second = clientOf(server, "second");
  second.say([Request.call, 2, "acquire"], [Request.call, 1, "get"]);
  first.say([Request.call, 2, "acquire"]);
  second.end();
  await turn();
  assertEquals(first.answers.at(-1), [Answer.value, 3, true]);
  first.say([Request.call, 1, "put", 5], [Request.call, 1, "qsize"]);
  assertEquals(first.answers.at(-1), [Answer.value, 5, 1]);
  server.stop();
});

test("a cancelled call is answered as such, and takes nothing", async () => {
  const server = serverOf(queueType);
  const client = clientOf(server, "client");
  client.say([Request.create, "Queue"]);
  await turn();
  client.say([Request.call, 1, "get"], [Request.cancel, 2]);
  await turn();
  assertEquals(client.answers.at(-1), [Answer.cancelled, 2, null]);
  client.say([Request.call, 1, "put", 1], [Request.call, 1, "qsize"]);
  assertEquals(client.answers.at(-1), [Answer.value, 5, 1]);
  server.stop();
});

test("a server ends a connection that says nothing that it knows", () => {
  const server = serverOf(queueType);
  for (const frame of [null, 5, [Request.call, 1, "get"], [Request.hello, 5]]) {
    const transport = new MemoryTransport();
    serveClient(server, transport, null);
    transport.say(frame);
    assertEquals(server.sessions.size, 0);
  }
  clientOf(server, "known").say(["no such kind"]);
  assertEquals(server.sessions.size, 0);
  server.stop();
});

test("a proxy on its way counts, whichever of the two messages comes first", () => {
  for (const holdFirst of [true, false]) {
    const table = new ObjectTable();
    const [sender, receiver] = [new Client("sender", true), new Client("receiver", true)];
    const [id] = table.add({}, lockType, sender).shared;
    if (holdFirst) {
      table.hold("sender", 7, id);
      table.release(sender, id);
      assertEquals(table.size, 1);
      table.claim(receiver, id, "sender", 7);
    } else {
      table.claim(receiver, id, "sender", 7);
      table.hold("sender", 7, id);
      table.release(sender, id);
    }
    assertEquals(table.size, 1);
    table.release(sender, id);
    assertEquals(table.size, 1);
    table.release(receiver, id);
    assertEquals(table.size, 0);
  }
});

test("a proxy that was lost on its way, or whose client ended, counts no more", () => {
  const table = new ObjectTable();
  const client = new Client("client", true);
  const [id] = table.add({}, lockType, client).shared;
  table.hold("client", 1, id);
  table.hold("client", 1, id);
  table.release(client, id);
  assertEquals(table.size, 1);
  table.dropFlight("client", 1);
  table.dropFlight("client", 1);
  assertEquals(table.size, 0);
  const [other] = table.add({}, lockType, client).shared;
  table.hold("client", 2, other);
  table.hold("client", 3, other);
  client.end();
  table.forget(client);
  assertEquals(table.size, 0);
});

test("what a client has sent is its receiver's, though the server reads that after the client's end", () => {
  const server = serverOf(lockType);
  const sender = clientOf(server, "sender");
  const receiver = clientOf(server, "receiver");
  const [id] = server.table.add({}, lockType, new Client("", true)).shared;
  sender.say([Request.hold, id, 1]);
  // It was said before the sender ended, and nobody has looked yet.
  receiver.sayUnheard([Request.claim, id, "sender", 1]);
  sender.end();
  server.table.release(new Client("", true), id);
  assertEquals(server.table.get(id)?.count, 2);
  receiver.end();
  assertEquals(server.table.get(id)?.count, 1);
  server.stop();
});

test("public methods are those of the classes and own functions, without any getter being called", () => {
  class Base {
    inherited(): void {}
    get property(): never {
      throw new Error("called");
    }
  }
  class Derived extends Base {
    own = (): void => {};
    data = 1;
    _private(): void {}
    then(): void {}
    override toString(): string {
      return "";
    }
  }
  assertEquals(publicMethods(new Derived()), ["inherited", "own"]);
  assertEquals(
    ["get", "_get", "#get", "constructor", "__proto__", "then", "", 5].map(isCallable),
    [true, false, false, false, false, false, false, false],
  );
});

test("what every proxy has of its own is what no method may take the place of", () => {
  const own = Object.getOwnPropertyNames(BaseProxy.prototype).filter(isCallable);
  assertEquals(own.sort(), [...PROXY_METHODS].sort());
  const { prototype } = proxyClassOf([...PROXY_METHODS, "then", "constructor", "fine"]);
  assertEquals(Object.getOwnPropertyNames(prototype).sort(), ["constructor", "fine"]);
});
