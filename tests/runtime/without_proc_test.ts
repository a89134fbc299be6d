/**
 * A system on which `/proc` is not mounted: processes cannot share memory there, and threads can.
 *
 * The program runs in a mount namespace of its own, whose `/proc` has no more than what a runtime itself needs.
 */

import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import type { Libc } from "../../src/runtime/posix/libc.ts";
import { PosixMemory } from "../../src/runtime/posix/memory.ts";
import { conform } from "../support/conform.ts";
import { commandOf, startCommand } from "../support/programs.ts";

const PROGRAM = fileURLToPath(new URL("../fixtures/programs/without_proc.ts", import.meta.url));
const REFUSAL =
  "NotSupportedError: Processes share memory by files that they open through /proc, " +
  "and that is not mounted: mount it (mount -t proc proc /proc), " +
  'or use the start method "thread"';

const BARE_PROC = `
  set -e
  work=$(mktemp -d)
  mount -t tmpfs tmpfs "$work"
  mkdir "$work/self"
  for file in cpuinfo meminfo stat self/maps self/status self/stat; do cat "/proc/$file" > "$work/$file"; done
  ln -s "$1" "$work/self/exe"
  mount --move "$work" /proc
  rmdir "$work"
`;

const hasNamespaces = spawnSync("unshare", ["-m", "true"]).status === 0;
const skip = "bun" in process.versions
  ? "Bun itself does not run without /proc"
  : !hasNamespaces && "there are no mount namespaces";

conform("without /proc processes are refused with the cause, and threads work", async () => {
  const [executable, ...args] = commandOf(PROGRAM);
  const command = ["unshare", "-m", "sh", "-c", `${BARE_PROC}\nexec "$@"`, "sh"];
  const { code, stdout, stderr } = await startCommand([...command, executable, ...args]).ended;
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout.trim().split("\n"), [
    "thread thread false",
    REFUSAL,
    REFUSAL,
    "in a thread",
    "exit code 0",
  ]);
}, { skip });

/** A C library that opens some paths only, and has no descriptor for a new file. */
function libcThatOpens(...paths: string[]): Libc {
  const libc: Partial<Libc> = {
    open: (path) => paths.includes(new TextDecoder().decode(path).slice(0, -1)) ? 3 : -1,
    close: () => 0,
    memfdCreate: () => -1,
  };
  return libc as Libc;
}

function refusalBy(libc: Libc): string {
  try {
    new PosixMemory(() => libc, true, 1).create(4096, null);
    return "none";
  } catch (error) {
    return String(error);
  }
}

conform("the want of /proc is told from that of descriptors", () => {
  assertEquals(refusalBy(libcThatOpens("/")), REFUSAL);
  for (const paths of [[], ["/", "/proc/self/fd"]]) {
    assertEquals(refusalBy(libcThatOpens(...paths)).includes("too many open files"), true);
  }
});
