/** Which limit is told of where there is no space: that of a folder, or that of the program's memory. */

import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import { NotSupportedError } from "../../mod.ts";
import type { Libc } from "../../src/runtime/posix/libc.ts";
import { PosixMemory } from "../../src/runtime/posix/memory.ts";
import { linuxPlaces } from "../../src/runtime/posix/places.ts";

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

test("the folders are the same for all programs of a user, but for the last", () => {
  assertEquals(linuxPlaces(undefined), ["/dev/shm", "/tmp"]);
  for (const same of ["", "/", "/tmp", "/tmp/", "/dev/shm", "relative"]) {
    assertEquals(linuxPlaces(same), ["/dev/shm", "/tmp"]);
  }
  assertEquals(linuxPlaces("/var/tmp/"), ["/dev/shm", "/tmp", "/var/tmp"]);
});
