import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ProcessError } from "../../src/errors.ts";
import {
  type Frame,
  frameHeader,
  FrameReader,
  LARGEST_FRAME,
} from "../../src/connection/socket/frames.ts";

/** A stream of frames. */
function streamOf(frames: [kind: number, bytes: number[]][]): Uint8Array {
  return Uint8Array.from(
    frames.flatMap(([kind, bytes]) => [...frameHeader(kind, bytes.length), ...bytes]),
  );
}

/** All frames of a stream that arrives in pieces of a size. */
function framesOf(reader: FrameReader, stream: Uint8Array, size: number): Frame[] {
  const frames: Frame[] = [];
  for (let from = 0; from < stream.length; from += size) {
    const chunk = stream.subarray(from, from + size);
    for (let at = 0; at < chunk.length;) {
      at = reader.push(chunk, at);
      const frame = reader.take();
      if (frame !== null) frames.push(frame);
    }
  }
  return frames;
}

test("FrameReader gives the same frames however the stream is cut", () => {
  const sent: [number, number[]][] = [[1, [1, 2, 3]], [2, []], [3, [9]], [2, Array(300).fill(7)]];
  const stream = streamOf(sent);
  for (let size = 1; size <= stream.length; size++) {
    const frames = framesOf(new FrameReader(300), stream, size);
    assertEquals(frames.map(({ kind, bytes }) => [kind, [...bytes]]), sent);
  }
});

test("FrameReader refuses a frame that is too long before it has any of it", () => {
  const reader = new FrameReader(256);
  assertThrows(() => reader.push(frameHeader(1, 257), 0), ProcessError, "257 bytes");
  assertThrows(() => new FrameReader(256).push(new Uint8Array(5), 0), ProcessError);
  assertThrows(() => new FrameReader(256).push(new Uint8Array(5).fill(255), 0), ProcessError);
  assertEquals(new FrameReader(256).push(frameHeader(1, 256), 0), 5);
});

test("a frame may have more than 2 GiB, and is refused with its true size", () => {
  // Compiled code that only saw small frames: V8's takes a length of more than 2 GiB for a negative number, once.
  const few = streamOf([[1, Array(10).fill(7)]]);
  for (let i = 0; i < 1000; i++) framesOf(new FrameReader(300), few, 1);
  const reader = new FrameReader(LARGEST_FRAME);
  const size = 2 ** 31 + 5;
  reader.push(frameHeader(1, size), 0);
  assert(reader.hasBegun && reader.take() === null);
  const narrow = new FrameReader(size);
  const large = frameHeader(1, LARGEST_FRAME);
  assertThrows(() => narrow.push(large, 0), ProcessError, `a message of ${LARGEST_FRAME} bytes`);
});

test("FrameReader takes each frame by the limit of its moment", () => {
  const reader = new FrameReader(4);
  const stream = streamOf([[3, [1]], [1, Array(100).fill(5)]]);
  const at = reader.push(stream, 0);
  assertEquals([at, reader.take()?.kind], [6, 3]);
  reader.limit = 100;
  assertEquals(reader.push(stream, at), stream.length);
  assertEquals(reader.take()?.bytes.length, 100);
  assert(reader.take() === null);
});
