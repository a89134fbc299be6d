/** The standard input of a program: children, threads too, leave it alone. */

import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { conform } from "../support/conform.ts";
import { commandOf, startCommand } from "../support/programs.ts";

const PROGRAM = fileURLToPath(new URL("../fixtures/programs/standard_input.ts", import.meta.url));

conform(
  "a child's standard input is empty, and the program's is left to the program",
  async (note) => {
    const { code, stdout, stderr } = await startCommand(
      commandOf(PROGRAM),
      {},
      "for the program alone",
    ).ended;
    assertEquals([code, stderr], [0, ""]);
    // A prompt of a process is shown.
    const last = stdout.slice(stdout.indexOf("0"));
    assertEquals(last, "0,0,0,0,0 for the program alone\n");
    note(last);
  },
);
