/** A queue that is drained where no descriptor is left: taking an item and giving its memory back needs none. */

import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";
import { commandOf, startCommand } from "../support/programs.ts";

const PROGRAM = fileURLToPath(
  new URL("../fixtures/programs/drain_without_files.ts", import.meta.url),
);

conform("a queue is drained without a descriptor", async (note) => {
  const command = [...commandOf(PROGRAM), method].map((word) => `'${word}'`).join(" ");
  const program = startCommand(["sh", "-c", `ulimit -n 100 && exec ${command}`]);
  const { code, stdout, stderr } = await program.ended;
  const found = { code, stdout: stdout.trim(), stderr };
  note(found);
  assertEquals(found, { code: 0, stdout: "right 40, left 0, error null", stderr: "" });
});
