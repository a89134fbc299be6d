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
    map(fd: number, bytes: number, offset: number) {
      calls.push(["map", fd, offset, bytes]);
      return 1n;
    },
    view: (_: bigint, bytes: number) => new ArrayBuffer(bytes),
    unmap: () => {},
  } as unknown as Libc;
  return { libc, calls };
}

for (const how of ["open", "adopt"] as const) {
  test(`a file that is smaller than it was said is not mapped: ${how}`, () => {
    const { libc, calls } = makeFake(PAGE - 1, 1);
    const memory = new PosixMemory(() => libc, true, 1);
    const open = () => memory[how]({ path: "/file", nonce: 0, size: PAGE });
    assertThrows(open, NotSupportedError, "Cannot open shared memory at /file");
    assertEquals(calls, [["close", FD]]);
  });

  test(`a part that the file does not reach is not mapped: ${how}`, () => {
    const { libc, calls } = makeFake(2 * PAGE - 1, 3);
    const { parts } = new PosixMemory(() => libc, true, 1)[how]({
      path: "/file",
      nonce: 0,
      size: PAGE,
    });
    calls.length = 0;
    assertThrows(() => parts.open(PAGE, PAGE), NotSupportedError, "Cannot open shared memory at");
    assertEquals(calls.filter((call) => (call as unknown[])[0] === "map"), []);
  });
}

for (const how of ["create", "adopt"] as const) {
  test(`parts need no descriptor besides the one that is open: ${how}`, () => {
    // Creating looks once whether files can be opened again; adopting opens the file.
    const { libc, calls } = makeFake(PAGE, 1);
    const memory = new PosixMemory(() => libc, true, 1);
    const mapping = how === "create"
      ? memory.create(PAGE, null)
      : memory.adopt({ path: "/file", nonce: 0, size: PAGE });
    calls.length = 0;
    mapping.parts.create(PAGE, PAGE);
    mapping.parts.open(PAGE, PAGE);
    mapping.parts.free(PAGE, PAGE);
    assertEquals(calls, [
      ["map", FD, PAGE, PAGE],
      ["map", FD, PAGE, PAGE],
      ["release", FD, PAGE, PAGE],
    ]);
  });

  test(`parts of a file that was closed do not reach the file that has its number now: ${how}`, () => {
    const { libc, calls } = makeFake(PAGE, 1);
    const memory = new PosixMemory(() => libc, true, 1);
    const mapping = how === "create"
      ? memory.create(PAGE, null)
      : memory.adopt({ path: "/file", nonce: 0, size: PAGE });
    mapping.close();
    mapping.close();
    calls.length = 0;
    for (const what of ["create", "open", "free"] as const) {
      assertThrows(() => mapping.parts[what](PAGE, PAGE), NotSupportedError, "Cannot open");
    }
    assertEquals(calls, []);
  });
}
