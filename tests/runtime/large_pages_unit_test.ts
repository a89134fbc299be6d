/** Memory that large things are copied to: the system gives large pages for it, and none is asked for small things. */

import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { PosixMemory } from "../../src/runtime/posix/memory.ts";
import { runtime } from "../../src/runtime/current.ts";
import { freshBytes, prepareFreshBytes } from "../../src/support/fresh_bytes.ts";

const LARGE = 2 ** 24;
/** What advice for whole pages leaves out at both ends, at most. */
const EDGES = 2 ** 17;

const skip = existsSync("/sys/kernel/mm/transparent_hugepage")
  ? false
  : "no transparent huge pages";

/** Bytes of this process for which large pages are wanted. */
function largePages(): number {
  let bytes = 0;
  let size = 0;
  for (const line of readFileSync("/proc/self/smaps", "utf8").split("\n")) {
    const [, kilobytes] = /^Size: +(\d+) kB/.exec(line) ?? [];
    if (kilobytes !== undefined) size = Number(kilobytes) * 1024;
    if (/^VmFlags:.* hg\b/.test(line)) bytes += size;
  }
  return bytes;
}

test("the system is asked for large pages where something large is copied to", { skip }, () => {
  const before = largePages();
  const bytes = new Uint8Array(LARGE);
  runtime.memory.prepare(bytes);
  const grown = largePages() - before;
  assert(grown >= LARGE - EDGES, `${grown} bytes of ${LARGE}`);
  assert(bytes.every((byte) => byte === 0));
});

test("memory is prepared from a size on, and is of zeros", () => {
  const prepared: number[] = [];
  prepareFreshBytes((bytes) => prepared.push(bytes.byteLength));
  try {
    for (const size of [0, 1, 2 ** 22 - 1, 2 ** 22, LARGE]) {
      const bytes = freshBytes(size);
      assertEquals([bytes.byteLength, bytes.byteOffset], [size, 0]);
      assert(bytes.every((byte) => byte === 0));
    }
  } finally {
    prepareFreshBytes(() => {});
  }
  assertEquals(prepared, [2 ** 22, LARGE]);
});

test("nobody is asked for the C library, and nobody misses it", () => {
  const bytes = new Uint8Array(LARGE);
  let loads = 0;
  const load = () => {
    loads++;
    throw new Error("there is none");
  };
  new PosixMemory(load, true, 1, () => false).prepare(bytes);
  assertEquals(loads, 0);
  const memory = new PosixMemory(load, true, 1);
  memory.prepare(bytes);
  memory.prepare(bytes);
  assertEquals(loads, 1);
});
