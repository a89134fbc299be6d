/** The places of parties whose creator ended before them: they come back, however many there have been. */

import { spawnSync } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { programOf } from "../../src/parties/program.ts";

/** More than there are places. */
const ROUNDS = 3000;

const program = programOf("process");
const { parties } = program;

/** The id of a process that has ended. */
const ENDED = spawnSync(process.execPath, ["--version"]).pid;

/** A child, and a child of it, both as processes of an id. */
function family(pid: number): { child: number; grandchild: number } {
  const child = program.claim(true);
  const grandchild = parties.claim(child);
  for (const party of [child, grandchild]) parties.setProcess(party, pid, 0);
  return { child, grandchild };
}

test("the places of children of children that have ended come back with their creator's", () => {
  const before = [...parties].length;
  for (let i = 0; i < ROUNDS; i++) program.bury(family(ENDED).child);
  assertEquals([...parties].length, before);
});

test("the places of those that ended after their creator come back where no other is left", () => {
  const before = [...parties].length;
  const { child, grandchild } = family(process.pid);
  program.bury(child);
  assertEquals(parties.exists(grandchild), true, "it lives");
  const own: number[] = [];
  while ([...parties].length < 1024) own.push(program.claim(true));
  parties.setProcess(grandchild, ENDED, 0);
  const next = program.claim(true);
  assertEquals([parties.exists(next), parties.exists(grandchild)], [true, false]);
  for (const party of [...own, next]) program.bury(party);
  assertEquals([...parties].length, before);
});
