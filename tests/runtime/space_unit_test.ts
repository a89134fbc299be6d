/** Which limit is told of where there is no space: that of a folder, or that of the program's memory. */

import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import { NotSupportedError } from "../../mod.ts";
import { type Libc, makeLibc } from "../../src/runtime/posix/libc.ts";
import { PosixMemory } from "../../src/runtime/posix/memory.ts";
import { linuxPlaces } from "../../src/runtime/posix/places.ts";
import type { Symbols } from "../../src/runtime/posix/symbols.ts";

const MEBIBYTE = 2 ** 20;
const OUT_OF_MEMORY = "Free some, or raise the limit (containers: --memory)";
const FOLDER_FULL =
  "Free some, or make /dev/shm larger (mount -o remount,size=1g /dev/shm; containers: --shm-size)";

/** What is said where the file system has so much left, and the system so much memory, and a file cannot be made larger. */
function refusal(free: number, available: number, folder: string | null, size: number): string {
  const libc = {
    open: () => 3,
    close: () => 0,
    unlink: () => 0,
    memfdCreate: () => 4,
    mkostemp: () => 5,
    freeSpace: () => free,
    availableMemory: () => available,
    reserve: () => 1,
  } as unknown as Libc;
  const create = () => new PosixMemory(() => libc, true, 1).create(size, folder);
  return assertThrows(create, NotSupportedError).message.replace(/^.*?: /, "");
}

test("what is told is the limit that was reached", () => {
  for (const size of [MEBIBYTE, 100 * MEBIBYTE]) {
    const memory = `out of memory. ${OUT_OF_MEMORY}`;
    assertEquals(refusal(Infinity, 0, null, size), memory);
    assertEquals(refusal(Infinity, 0, "/dev/shm/run", size), memory);
    assertEquals(refusal(size, Infinity, "/dev/shm/run", size), memory);
    const left = (folder: string) => `${size - 1} bytes are left in ${folder}. `;
    assertEquals(
      refusal(size - 1, Infinity, "/dev/shm/run", size),
      left("/dev/shm/run") + FOLDER_FULL,
    );
    assertEquals(
      refusal(size - 1, Infinity, "/tmp/run", size),
      `${left("/tmp/run")}Free some, or make that file system larger`,
    );
  }
});

/** The C library over some of its functions. */
function libcOver(symbols: Partial<Symbols>): Libc {
  const own = {} as Pick<Libc, "availableMemory" | "forbidTransfer" | "view">;
  return makeLibc(symbols as Symbols, true, own);
}

test("a signal in the middle is no want of space", () => {
  const answers = [4, 4, 0, 28];
  const libc = libcOver({ posix_fallocate: () => answers.shift() });
  assertEquals([libc.reserve(3, 0, 1), libc.reserve(3, 0, 1)], [0, 28]);
});

test("a file system tells how much it has left, where it has a limit", () => {
  const libcOf = (blocks: bigint, result: number) =>
    libcOver({
      fstatfs: (_fd, facts) => {
        new BigInt64Array((facts as Uint8Array).buffer).set([0n, 4096n, blocks, 9n, 7n]);
        return result;
      },
    });
  assertEquals(libcOf(100n, 0).freeSpace(3), 7 * 4096);
  assertEquals(libcOf(0n, 0).freeSpace(3), Infinity);
  assertEquals(libcOf(100n, -1).freeSpace(3), Infinity);
});

test("the folders are the same for all programs of a user, but for the last", () => {
  assertEquals(linuxPlaces(undefined), ["/dev/shm", "/tmp"]);
  for (const same of ["", "/", "/tmp", "/tmp/", "/dev/shm", "relative"]) {
    assertEquals(linuxPlaces(same), ["/dev/shm", "/tmp"]);
  }
  assertEquals(linuxPlaces("/var/tmp/"), ["/dev/shm", "/tmp", "/var/tmp"]);
});
