/**
 * The folder of a program, which stands in for nameless memory and sockets on systems that have none: the same code paths, asked
 * for by hand.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import test from "node:test";
import { MappedMemory } from "../../src/memory/mapped_memory.ts";
import { createProgramFolder, sweepProgramFolders } from "../../src/files/program_folder.ts";
import { sharedPlace } from "../../src/files/shared_place.ts";
import { SocketBell } from "../../src/parties/socket_bell.ts";
import { runtime } from "../../src/runtime/current.ts";
import type { MappingRef } from "../../src/runtime/shared_memory.ts";

const timeout = 20_000;

/** What the names of folders of this namespace of process ids end with. */
const HERE = existsSync("/proc/self/ns/pid") ? statSync("/proc/self/ns/pid").ino.toString(36) : "0";
/** A process id that nobody has: larger than the kernel gives. */
const NOBODY = 2 ** 30;

test("createProgramFolder() makes a folder that only its owner can enter", { timeout }, () => {
  const folder = createProgramFolder();
  assertEquals(statSync(folder).mode & 0o777, 0o700);
  rmSync(folder, { recursive: true });
});

test(
  "sweepProgramFolders() removes what a killed program left, and nothing else",
  { timeout },
  () => {
    const left = `${sharedPlace()}/allcores-run-${NOBODY}-test-${HERE}`;
    const used = `${sharedPlace()}/allcores-run-${runtime.pid}-test-${HERE}`;
    for (const folder of [left, used]) {
      mkdirSync(folder, { mode: 0o700 });
      writeFileSync(`${folder}/inside`, "");
    }
    sweepProgramFolders();
    assertFalse(existsSync(left));
    assert(existsSync(used));
    rmSync(used, { recursive: true });
  },
);

test(
  "blocks in a program's folder are seen by who opens them, and go when they are freed",
  { timeout },
  () => {
    const folder = createProgramFolder();
    const memory = new MappedMemory(runtime.memory, folder);
    const block = memory.allocate(4096);
    const { path } = block.ref as MappingRef;
    assert(path.startsWith(folder));
    memory.open(block.ref).words[7] = 42;
    assertEquals(block.words[7], 42);
    block.free();
    assertFalse(existsSync(path));
    rmSync(folder, { recursive: true });
  },
);

test(
  "doorbells in a program's folder ring, and tell the end of who listens",
  { timeout },
  async () => {
    const folder = createProgramFolder();
    const neighbours = {
      nameOf: (party: number) => `${folder}/${party}`,
      isAlive: (party: number) => party !== 3,
      isRung: () => false,
    };
    const { promise: rung, resolve: onRing } = Promise.withResolvers<void>();
    const { promise: ended, resolve: onEnd } = Promise.withResolvers<void>();
    const hold = setInterval(() => {}, 1000);
    const listener = new SocketBell(runtime.bells, 1, neighbours, onRing);
    const caller = new SocketBell(runtime.bells, 2, neighbours, () => {});
    caller.ring(1);
    await rung;
    caller.watch(3, onEnd);
    await ended;
    listener.close();
    caller.close();
    clearInterval(hold);
    rmSync(folder, { recursive: true, force: true });
  },
);
