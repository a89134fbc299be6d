/** More connections than a process that stands still has room for: nobody is taken for dead by that, and nothing is lost. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { assertEquals } from "@std/assert";
import { conform } from "../support/conform.ts";
import { ownPid } from "../support/missing.ts";
import { runLimited } from "../support/scarce.ts";

/** Bun 1.4.5 gives ECONNREFUSED for both. */
const noReason = "bun" in process.versions
  ? "the runtime does not tell a listener without room from none"
  : false;
const noAbstractNames = process.platform === "linux" ? false : "sockets have no names in /proc";

conform(
  "a doorbell without room for a connection loses no ring, and says nothing of its process",
  async (note) => {
    const found = await runLimited("-n 10000", "full_doorbell.ts");
    note(found);
    assertEquals(found, {
      code: 0,
      stdout: [
        "child: woken true",
        "creator: acquired false",
        "creator: acquired true",
        "creator: alive true, abandoned false",
        "creator: exit code 0",
        "creator: it is full true",
      ],
      stderr: "",
    });
  },
  { skip: ownPid || noAbstractNames },
);

conform("Client() waits while a listener that stands still has no room", async (note) => {
  const folder = mkdtempSync(join(tmpdir(), "backlog-"));
  const found = await runLimited("-n 10000", "full_listener.ts", join(folder, "listener"));
  rmSync(folder, { recursive: true });
  note(found);
  assertEquals(found, {
    code: 0,
    stdout: ["exit code 0", "one that does not wait: true", "welcome: 8"],
    stderr: "",
  });
}, { skip: ownPid || noReason });
