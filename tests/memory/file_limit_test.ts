/** A limit on the size of files is told: shared memory is in files, far apart. */

import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";
import { commandOf, startCommand } from "../support/programs.ts";

const PROGRAM = fileURLToPath(new URL("../fixtures/programs/small_files.ts", import.meta.url));

conform(
  "a limit on the size of files is an error that names it, not the program's end",
  async (note) => {
    const command = [...commandOf(PROGRAM), method].map((word) => `'${word}'`).join(" ");
    const found = await startCommand(["sh", "-c", `ulimit -f 2000000000 && exec ${command}`]).ended;
    note({ code: found.code, stderr: found.stderr });
    const told = method === "process" ? "NotSupportedError: ulimit -f" : "got 1";
    assertEquals(found, { code: 0, signal: null, stdout: `${told}\n`, stderr: "" });
  },
);
