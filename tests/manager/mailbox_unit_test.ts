/** Where a manager's clients knock: each slot has one writer at a time, also where another one has died. */

import { spawnSync } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { Mailbox } from "../../src/manager/wire/mailbox.ts";
import { createPiece } from "../../src/messages/shared_object.ts";
import { programOf } from "../../src/parties/program.ts";
import { Moment } from "../support/interleave.ts";

const timeout = 60_000;
const BYTES = (16 + 32 * 256) * 4;
/** The word of the first slot that names its owner. */
const OWNER = 16;

const program = programOf("process");

/** A party whose process has ended, which nobody has noticed. */
function deadParty(): number {
  const party = program.parties.claim(program.self);
  program.parties.setProcess(party, spawnSync(process.execPath, ["--version"]).pid, 0);
  return party;
}

/** A mailbox, a way to look into it as its server does, and how many clients were let in. */
class Scene {
  readonly piece = createPiece(program, BYTES);
  readonly mailbox = new Mailbox(this.piece);
  clients = 0;
  take!: () => void;

  constructor() {
    const { waker } = program;
    const add = waker.add;
    waker.add = (poller) => {
      this.take = () => void poller.poll();
    };
    try {
      this.mailbox.open(() => this.clients++);
    } finally {
      waker.add = add;
    }
  }
}

test("Mailbox gives the slot of a client that has died to one other", { timeout }, async () => {
  const dead = deadParty();
  let reached = true;
  for (let step = 0; reached; step++) {
    const scene = new Scene();
    await scene.mailbox.knock();
    scene.piece.words[OWNER] = dead;
    const knocks: Promise<unknown>[] = [];
    {
      // It claims a slot at once, and writes only after the server has done.
      using moment = new Moment(step, () => knocks.push(scene.mailbox.knock()));
      scene.take();
      reached = moment.reached;
    }
    knocks.push(scene.mailbox.knock());
    await Promise.all(knocks);
    scene.take();
    assertEquals(scene.clients, 1 + knocks.length, `step ${step}`);
    scene.mailbox.close();
  }
  program.parties.release(dead);
});

test(
  "Mailbox has room for as many clients as knock, one after the other",
  { timeout },
  async () => {
    const scene = new Scene();
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 32; i++) await scene.mailbox.knock();
      scene.take();
    }
    assertEquals(scene.clients, 96);
    scene.mailbox.close();
  },
);
