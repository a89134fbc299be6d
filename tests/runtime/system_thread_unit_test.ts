import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { runtime } from "../../src/runtime/current.ts";
import { hasThreadEnded, systemThread } from "../../src/runtime/posix/system_thread.ts";

/** Reading fails with a code. */
function failing(code: string): () => string {
  return () => {
    throw Object.assign(new Error(code), { code });
  };
}

test("systemThread reads the number of the thread, or gives 0 where it is not told", () => {
  assertEquals(systemThread(() => "1234 (a name) R 1 1"), 1234);
  // Where it may not be read, and where there is no such file.
  assertEquals(systemThread(() => ""), 0);
  assertEquals(systemThread(failing("ENOENT")), 0);
});

test("hasThreadEnded is told by the system only", () => {
  assertEquals(hasThreadEnded(1234, failing("ENOENT")), true);
  // It ended between the opening of the file and the reading.
  assertEquals(hasThreadEnded(1234, failing("ESRCH")), true);
  assertEquals(hasThreadEnded(1234, () => "1234 (a name) R 1 1"), false);
  assertEquals(hasThreadEnded(1234, () => ""), false);
  for (const code of ["EMFILE", "ENFILE", "EACCES", "ENOMEM"]) {
    assertEquals(hasThreadEnded(1234, failing(code)), false);
  }
  assertEquals(hasThreadEnded(0, failing("ENOENT")), false);
});

test("the system knows this thread, and none of a number that it never gives", () => {
  const { system } = runtime;
  assertEquals(system.hasThreadEnded(system.thread()), false);
  if (system.thread() !== 0) assertEquals(system.hasThreadEnded(2 ** 31 - 1), true);
});
