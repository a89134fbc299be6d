/** How files are mapped: never beyond their end, and with no more descriptors than a mapping has. */

import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import { NotSupportedError } from "../../mod.ts";
import type { Libc } from "../../src/runtime/posix/libc.ts";
import { PosixMemory } from "../../src/runtime/posix/memory.ts";

const FD = 7;
const PAGE = 4096;

/** A C library with one file of a size, which can be opened so many times. */
function makeFake(size: number, opens: number): { libc: Libc; calls: unknown[] } {
  const calls: unknown[] = [];
  const libc = {
    open: () => opens-- > 0 ? FD : -1,
    close: (fd: number) => calls.push(["close", fd]),
    memfdCreate: () => FD,
    freeSpace: () => Infinity,
    availableMemory: () => Infinity,
    seekEnd: () => size,
    reserve(_: number, offset: number, bytes: number) {
      size = Math.max(size, offset + bytes);
      return 0;
    },
    release: (fd: number, offset: number, bytes: number) =>
      calls.push(["release", fd, offset, bytes]),
    lock: (fd: number, byte: number) => calls.push(["lock", fd, byte]) > 0,
    map(fd: number, bytes: number, offset: number) {
      calls.push(["map", fd, offset, bytes]);
      return 1n;
    },
    view: (_: bigint, bytes: number) => new ArrayBuffer(bytes),
    unmap: () => {},
  } as unknown as Libc;
  return { libc, calls };
}

const HOW = {
  created: (memory: PosixMemory) => memory.createFile(null),
  opened: (memory: PosixMemory) => memory.openFile("/file"),
};

test("a file that is smaller than it was said is not mapped", () => {
  const { libc, calls } = makeFake(PAGE - 1, 1);
  const memory = new PosixMemory(() => libc, true, 1);
  const open = () => memory.open({ path: "/file", nonce: 0, size: PAGE });
  assertThrows(open, NotSupportedError, "Cannot open shared memory at /file");
  assertEquals(calls, [["close", FD]]);
});

for (const [how, make] of Object.entries(HOW)) {
  test(`a part that the file does not reach is not mapped: ${how}`, () => {
    const { libc, calls } = makeFake(2 * PAGE - 1, 3);
    const file = make(new PosixMemory(() => libc, true, 1));
    calls.length = 0;
    assertThrows(() => file.open(PAGE, PAGE), NotSupportedError, "Cannot open shared memory at");
    assertEquals(calls.filter((call) => (call as unknown[])[0] === "map"), []);
  });

  test(`parts need no descriptor besides the one that is open: ${how}`, () => {
    // Creating looks once whether files can be opened again; opening opens the file.
    const { libc, calls } = makeFake(PAGE, 1);
    const file = make(new PosixMemory(() => libc, true, 1));
    calls.length = 0;
    file.create(PAGE, PAGE);
    file.open(PAGE, PAGE);
    file.free(PAGE, PAGE);
    file.hold(3);
    assertEquals(calls, [
      ["map", FD, PAGE, PAGE],
      ["map", FD, PAGE, PAGE],
      ["release", FD, PAGE, PAGE],
      ["lock", FD, 3],
    ]);
  });

  test(`what is done with a file that was closed does not reach the one that has its number now: ${how}`, () => {
    const { libc, calls } = makeFake(PAGE, 1);
    const file = make(new PosixMemory(() => libc, true, 1));
    file.close();
    file.close();
    calls.length = 0;
    for (const what of ["create", "open", "free"] as const) {
      assertThrows(() => file[what](PAGE, PAGE), NotSupportedError, "Cannot open");
    }
    for (const what of ["hold", "holdAlone", "letGo"] as const) {
      assertThrows(() => file[what](0), NotSupportedError, "Cannot open");
    }
    assertEquals(calls, []);
  });
}

test("a file that would be larger than the user's limit is refused with what to do", () => {
  const { libc } = makeFake(0, 1);
  const file = new PosixMemory(() => ({ ...libc, reserve: () => 27 }), true, 1).createFile(null);
  assertThrows(() => file.create(0, PAGE), NotSupportedError, "ulimit -f unlimited");
});
