/** No room for another process or thread: a start is refused with what to do, and a pool that loses its workers goes on when there is room again. */

import { spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";
import { startCommand } from "../support/programs.ts";
import { commandOfProgram } from "../support/scarce.ts";

/** A user who has nothing: the system does not limit the processes of its superuser. */
const NOBODY = 54_321;
const isSuperuser = process.getuid?.() === 0;
const asNobody = isSuperuser
  ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"]
  : [];
const module = fileURLToPath(new URL("../../mod.ts", import.meta.url));

/** Whether the limit of a process can be changed, for a user who can read this. */
function canLimit(): boolean {
  const [executable, ...args] = [...asNobody, "prlimit", "--nproc", "test", "-r", module];
  return spawnSync(executable, args).status === 0;
}

/** Bun 1.4.5 in most runs, and Deno 2.9.6 in some where it has threads, abort when they want a thread for themselves and there is none. */
const abortsItself = "bun" in process.versions ||
  ("deno" in process.versions && method === "thread");

const skip = abortsItself
  ? "the runtime ends itself when it gets no thread"
  : canLimit()
  ? false
  : "no limit of processes can be set here (prlimit, setpriv)";

conform(
  "without room for a process start() is refused, and a pool goes on afterwards",
  async (note) => {
    const folder = mkdtempSync(join(tmpdir(), "slots-"));
    if (isSuperuser) chownSync(folder, NOBODY, NOBODY);
    const places = { HOME: folder, TMPDIR: folder, DENO_DIR: folder, NODE_COMPILE_CACHE: "" };
    const command = [...asNobody, ...commandOfProgram("no_slots.ts", method)];
    const { code, stdout, stderr } = await startCommand(command, places).ended;
    rmSync(folder, { recursive: true, force: true });
    note(stdout);
    assertEquals({ code, lines: stdout.trim().split("\n"), stderr: code === 0 ? "" : stderr }, {
      code: 0,
      lines: [
        "start: ProcessError, told what to do: true",
        "a new pool: BrokenPoolError by true",
        "a worker was lost: true",
        "by the other one: done 25,36",
        "workers: 0",
        "what waited: done 49,64",
        "start again: done 0",
      ],
      stderr: "",
    });
  },
  { skip },
);
