/** What a child was started with is kept while it may read it, and write to it: also after it was given up. */

import { test } from "node:test";
import { assertEquals, assertRejects } from "@std/assert";
import { ProcessError } from "../../mod.ts";
import type { Program } from "../../src/parties/program.ts";
import { PartyState } from "../../src/parties/party_state.ts";
import { Acceptance } from "../../src/process/acceptance.ts";
import type { ChildHandle, ExitStatus } from "../../src/runtime/children.ts";
import type { Block } from "../../src/sync/block.ts";
import { runtime } from "../../src/runtime/current.ts";

/** A child that says what it has come to, and ends, when the test wants it. */
function newborn() {
  let state: number = PartyState.starting;
  let freed = 0;
  let exit!: (status: ExitStatus) => void;
  const exited = new Promise<ExitStatus>((resolve) => exit = resolve);
  const program = {
    parties: { state: () => state },
    waker: { add: () => {}, remove: () => {} },
  } as unknown as Program;
  const boot = { words: new Int32Array(4), free: () => freed++ } as unknown as Block;
  const handle = { pid: null, exited, kill: () => {} } as unknown as ChildHandle;
  const acceptance = new Acceptance({
    program,
    party: 1,
    boot,
    handle,
    name: "child",
    runtime: runtime.name,
  });
  const come = (to: number) => {
    state = to;
    acceptance.poll();
  };
  return { acceptance, exit, come, freed: () => freed };
}

async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

test("a child that has begun has read what it was started with", async () => {
  const { acceptance, come, freed } = newborn();
  come(PartyState.running);
  assertEquals(await acceptance.accepted, 0);
  assertEquals(freed(), 1);
});

test("a child that was given up may read it yet", async () => {
  const { acceptance, exit, freed } = newborn();
  let end!: () => void;
  exit({ code: null, signal: "SIGKILL", abandoned: new Promise((resolve) => end = resolve) });
  await assertRejects(() => acceptance.accepted, ProcessError, "ended before it started");
  await turns();
  assertEquals(freed(), 0);
  end();
  await turns();
  assertEquals(freed(), 1);
});

test("a child that has ended reads nothing any more", async () => {
  const { acceptance, exit, freed } = newborn();
  exit({ code: 1, signal: null });
  await assertRejects(() => acceptance.accepted, ProcessError, "ended before it started");
  await turns();
  assertEquals(freed(), 1);
});
