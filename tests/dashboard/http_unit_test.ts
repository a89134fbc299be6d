/** Requests are read in whatever pieces they come; a page that does not read is not waited for. */

import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { createToken, isToken } from "../../src/dashboard/http/access.ts";
import { EventStream } from "../../src/dashboard/http/event_stream.ts";
import { RequestReader } from "../../src/dashboard/http/request.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test("RequestReader puts a request together from any pieces", () => {
  const text =
    "POST /a/b?c#d HTTP/1.1\r\nHost: x\r\nContent-Length:  5 \r\nX-Y:\r\n\r\nhello and more";
  for (let cut = 1; cut < text.length; cut++) {
    const reader = new RequestReader();
    const first = reader.take(bytesOf(text.slice(0, cut)));
    const request = first ?? reader.take(bytesOf(text.slice(cut)));
    if (typeof request !== "object" || request === null) throw new Error(`${cut}: ${request}`);
    const { method, path, body, headers } = request;
    assertEquals([method, path, body], ["POST", "/a/b", "hello"]);
    assertEquals([...headers], [["host", "x"], ["content-length", "5"], ["x-y", ""]]);
  }
});

test("RequestReader refuses a head without an end as soon as it is too long", () => {
  const reader = new RequestReader();
  let result = null;
  for (let size = 0; size <= 8_192 && result === null; size += 64) {
    result = reader.take(bytesOf("x".repeat(64)));
  }
  assertEquals(result, 431);
});

test("isToken() takes nothing but the token", () => {
  const token = createToken();
  assertEquals(isToken(token, token), true);
  for (const other of ["", token.slice(1), `${token}x`, createToken(), token.toLowerCase() + "_"]) {
    assertEquals(isToken(other, token), false);
  }
});

class SlowSocket extends EventEmitter {
  isFull = false;
  isDestroyed = false;
  written = "";
  setNoDelay(): void {}
  write(text: string): boolean {
    this.written += text;
    return !this.isFull;
  }
  destroy(): void {
    this.isDestroyed = true;
    this.emit("close");
  }
}

test("EventStream waits until a page has read, and closes one that does not", () => {
  const socket = new SlowSocket();
  let ends = 0;
  const stream = new EventStream(socket as unknown as Socket, () => ends++);
  stream.send("a", "1");
  assertEquals(stream.isReady(performance.now()), true);
  socket.isFull = true;
  stream.send("a", "2");
  assertEquals(stream.isReady(performance.now()), false);
  socket.emit("drain");
  assertEquals(stream.isReady(performance.now()), true);
  stream.send("a", "3");
  assertEquals([stream.isReady(performance.now() + 14_000), socket.isDestroyed], [false, false]);
  assertEquals([stream.isReady(performance.now() + 16_000), socket.isDestroyed, ends], [
    false,
    true,
    1,
  ]);
  assertEquals(socket.written.split("\n\n").slice(1, -1).length, 3);
});
