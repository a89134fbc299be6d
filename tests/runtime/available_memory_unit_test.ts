/** What cannot be had is refused before it is asked for, by an error that says what to do. */

import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import { NotSupportedError } from "../../mod.ts";
import type { Libc } from "../../src/runtime/posix/libc.ts";
import { PosixMemory } from "../../src/runtime/posix/memory.ts";

const MEBIBYTE = 2 ** 20;

test("more memory than there is is not reserved", () => {
  const calls: unknown[] = [];
  const libc = {
    open: () => 6,
    memfdCreate: () => 7,
    mkostemp: () => 8,
    unlink: () => 0,
    close: (fd: number) => fd === 6 || calls.push(["close", fd]),
    freeSpace: () => Infinity,
    availableMemory: () => 100 * MEBIBYTE,
    reserve: (_: number, __: number, size: number) => {
      calls.push(["reserve", size]);
      return 1;
    },
  } as unknown as Libc;
  const memory = new PosixMemory(() => libc, true, 1);
  const create = (size: number, folder: string | null) =>
    assertThrows(() => memory.create(size, folder), NotSupportedError, "Free some");
  create(101 * MEBIBYTE, null);
  create(101 * MEBIBYTE, "/folder");
  assertEquals(calls, [["close", 7], ["close", 8]]);
  create(99 * MEBIBYTE, null);
  assertEquals(calls.slice(2), [["reserve", 99 * MEBIBYTE], ["close", 7]]);
});

test("more than one buffer can hold is not reserved", () => {
  const unexpected = () => {
    throw new Error("nothing is asked of the system");
  };
  const size = 2 ** 53;
  const libc = {
    memfdCreate: () => 7,
    open: () => 8,
    close: () => 0,
    seekEnd: () => size,
    reserve: unexpected,
    map: unexpected,
  } as unknown as Libc;
  const memory = new PosixMemory(() => libc, true, 1);
  const refusal = `${size} bytes of shared memory: one buffer of this runtime has `;
  assertThrows(() => memory.create(size, null), NotSupportedError, refusal);
  assertThrows(() => memory.open({ path: "/path", nonce: 0, size }), NotSupportedError, refusal);
});

test("where no file can be opened the error says what to do", () => {
  const libc = { open: () => -1, memfdCreate: () => -1 } as unknown as Libc;
  const memory = new PosixMemory(() => libc, true, 1);
  assertThrows(
    () => memory.create(64, null),
    NotSupportedError,
    "too many open files. Close some, or raise the limit",
  );
});
