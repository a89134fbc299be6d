/** A file with many segments: who has one keeps it, and the last one that had it frees it, killed or not. */

import { test } from "node:test";
import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { NotSupportedError } from "../../mod.ts";
import { SlottedFile } from "../../src/memory/slotted_file.ts";
import type { MappedBytes, MemoryFile } from "../../src/runtime/shared_memory.ts";

const SIZE = 8192;

/** A file of a system: its parts by where they begin, and who holds which byte. */
class SystemFile {
  readonly parts = new Map<number, ArrayBuffer>();
  readonly holders = new Map<number, Map<MemoryFile, "shared" | "alone">>();
  isFull = false;
  canHold = true;

  /** Opens it for a process. */
  open(): MemoryFile & { kill(): void } {
    const mayHold = (byte: number, file: MemoryFile, how: "shared" | "alone"): boolean => {
      if (!this.canHold) return false;
      const holders = this.holders.get(byte) ?? new Map<MemoryFile, "shared" | "alone">();
      for (const [other, its] of holders) {
        if (other !== file && (how === "alone" || its === "alone")) return false;
      }
      this.holders.set(byte, holders.set(file, how));
      return true;
    };
    const kill = () => this.holders.forEach((holders) => holders.delete(file));
    const file: MemoryFile & { kill(): void } = {
      path: "/file",
      create: (offset, size) => {
        if (this.isFull) throw new NotSupportedError("no space left");
        this.parts.set(offset, new ArrayBuffer(size));
        return toBytes(this.parts.get(offset)!);
      },
      open: (offset) => toBytes(this.parts.get(offset)!),
      free: (offset, size) => {
        for (const at of [...this.parts.keys()]) {
          if (at >= offset && at < offset + size) this.parts.delete(at);
        }
      },
      hold: (byte) => mayHold(byte, file, "shared"),
      holdAlone: (byte) => mayHold(byte, file, "alone"),
      letGo: (byte) => void this.holders.get(byte)?.delete(file),
      close: kill,
      kill,
    };
    return file;
  }
}

function toBytes(buffer: ArrayBuffer): MappedBytes {
  return { buffer, part: (offset, size) => buffer.slice(offset, offset + size) };
}

/** A file of one process, opened by another one. */
function makePair() {
  const system = new SystemFile();
  const creator = SlottedFile.create(system.open());
  const [id0, id1] = creator.words;
  const opening = system.open();
  const other = SlottedFile.open(opening, id0, id1)!;
  return { system, creator, other, kill: opening.kill };
}

test("what nobody has is free at once, with all that was behind it", () => {
  const { system, creator } = makePair();
  const before = system.parts.size;
  const { index, nonce } = creator.take(SIZE)!;
  creator.createPart(index, 1 << 20, SIZE);
  assertEquals(system.parts.size, before + 2);
  creator.drop(index, nonce);
  assertEquals(system.parts.size, before);
  assert(creator.isUnused);
});

test("a segment stays while anybody has it, and the last one frees it", () => {
  const { system, creator, other } = makePair();
  const before = system.parts.size;
  const { index, nonce } = creator.take(SIZE)!;
  assert(other.join(index, nonce, SIZE) !== null);
  creator.drop(index, nonce);
  assertEquals(system.parts.size, before + 1);
  other.drop(index, nonce);
  assertEquals(system.parts.size, before);
});

test("what somebody had who was killed is freed by who dropped it before", () => {
  const { system, creator, other, kill } = makePair();
  const before = system.parts.size;
  const { index, nonce } = creator.take(SIZE)!;
  other.join(index, nonce, SIZE);
  creator.drop(index, nonce);
  creator.sweep();
  assertEquals(system.parts.size, before + 1, "it lives");
  kill();
  creator.sweep();
  assertEquals(system.parts.size, before);
});

test("a slot that was taken again is not opened by who means what was there before", () => {
  const { creator, other } = makePair();
  const slots = Array.from({ length: 255 }, () => creator.take(SIZE)!);
  assertEquals(creator.take(SIZE), null, "all are taken");
  const { index, nonce } = slots[7];
  creator.drop(index, nonce);
  const again = creator.take(SIZE)!;
  assertEquals(again.index, index);
  assertNotEquals(again.nonce, nonce);
  assertEquals(other.join(index, nonce, SIZE), null);
  assert(other.isUnused);
  assert(other.join(index, again.nonce, SIZE) !== null);
  assertEquals([other.join(-1, nonce, SIZE), other.join(255, nonce, SIZE)], [null, null]);
});

test("who asks for what was in a slot before keeps what is there now", () => {
  const { system, creator, other } = makePair();
  const first = creator.take(SIZE)!;
  creator.drop(first.index, first.nonce);
  const slots = Array.from({ length: 255 }, () => creator.take(SIZE)!);
  const now = slots.find(({ index }) => index === first.index)!;
  other.join(now.index, now.nonce, SIZE);
  assertEquals(other.join(first.index, first.nonce, SIZE), null);
  const parts = system.parts.size;
  creator.drop(now.index, now.nonce);
  assertEquals(system.parts.size, parts, "the other one has it");
  other.drop(now.index, now.nonce);
  assertEquals(system.parts.size, parts - 1);
});

test("a drop that comes late does not free what is there now", () => {
  const { system, creator, other } = makePair();
  const first = creator.take(SIZE)!;
  other.join(first.index, first.nonce, SIZE);
  creator.drop(first.index, first.nonce);
  other.drop(first.index, first.nonce);
  for (let i = 0; i < 255; i++) creator.take(SIZE);
  const parts = system.parts.size;
  creator.sweep();
  other.sweep();
  assertEquals(system.parts.size, parts);
});

test("after a lack of memory the slot can be taken", () => {
  const { system, creator } = makePair();
  system.isFull = true;
  assertThrows(() => creator.take(SIZE), NotSupportedError, "no space left");
  assert(creator.isUnused);
  assertThrows(() => SlottedFile.create(system.open()), NotSupportedError);
  system.isFull = false;
  assertEquals(creator.take(SIZE)!.index, 0);
});

test("a slot behind which much was chosen is not taken again, so that no place comes twice", () => {
  const { creator } = makePair();
  const { index, nonce } = creator.take(SIZE)!;
  creator.words[creator.chosen(index)] = 2 ** 30;
  creator.drop(index, nonce);
  const others = Array.from({ length: 254 }, () => creator.take(SIZE)!.index);
  assert(!others.includes(index));
  assertEquals(creator.take(SIZE), null);
});

test("where bytes cannot be held a file has one slot", () => {
  const system = new SystemFile();
  system.canHold = false;
  const file = SlottedFile.create(system.open());
  const { index, nonce } = file.take(SIZE)!;
  assertEquals(file.take(SIZE), null);
  const [id0, id1] = file.words;
  const other = SlottedFile.open(system.open(), id0, id1)!;
  assert(other.join(index, nonce, SIZE) !== null);
  file.drop(index, nonce);
  assertEquals([file.isUnused, file.isLasting, system.parts.size], [true, false, 2]);
});

test("a file with another id, or none, is not taken for the one that was meant", () => {
  const system = new SystemFile();
  const { words } = SlottedFile.create(system.open());
  assertEquals(SlottedFile.open(system.open(), words[0], words[1] + 1), null);
  system.parts.clear();
  assertEquals(SlottedFile.open(system.open(), words[0], words[1]), null);
});
