/**
 * What becomes of the folders and the named memory of processes that were killed.
 *
 * Each program runs in a mount namespace of its own.
 */

import { assertEquals } from "@std/assert";
import { mp } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { canRun, HERE, NOBODY, OWN_TMP, run, runLines, use } from "../support/own_places.ts";

const skip = canRun(OWN_TMP) ? false : "there are no mount namespaces";
const skipSurvivors = mp.capabilities.outlivesCreator
  ? skip
  : "a thread ends with its process (outlivesCreator)";

const FIRST_USES: Record<string, string> = {
  queue: "got 1",
  pool: "sum 2 3",
  listen: "hello in /dev/shm",
  listenByHost: "object",
  connect: "nobody",
};

for (const [what, result] of Object.entries(FIRST_USES)) {
  conform(`what a killed program left is swept at the first use: ${what}`, async () => {
    const folder = `allcores-run-${NOBODY}-abc-${HERE}`;
    const plant = `umask 077; : > left; mkdir ${folder}; : > "${folder}/left~$(stat -c %i left)"`;
    assertEquals(await runLines(plant, use(what), "ls -A"), [`${what}: ${result}`]);
  }, { skip });
}

/** A shell tells of a job that is killed. */
const KILL_MAIN = "kill -9 $main; wait $main 2> /dev/null || true";

conform(
  "names stay while a process of their program goes on, and go with the last one",
  async () => {
    const lines = await runLines(
      `${run("survived.ts")} & main=$!`,
      "until [ -e ready ]; do sleep 0.02; done",
      KILL_MAIN,
      // The child has seen it, and removed the listener's folder; what it needs itself, nobody removes.
      "until [ $(echo allcores-* | wc -w) = 1 ]; do sleep 0.02; done",
      use("queue", "listen"),
      "ls | grep ^of",
      ": > go",
      "for i in $(seq 500); do [ -e allcores-* ] || break; sleep 0.02; done",
      "rm ready go; ls -A",
    );
    assertEquals(lines, [
      "queue: got 1",
      "listen: hello in /dev/shm",
      "of-child",
      "of-main",
      "opened 4",
    ]);
  },
  { skip: skipSurvivors },
);

conform(
  "what a killed child had in files goes at once, and its names with the program",
  async () => {
    const lines = await runLines(run("killed_child.ts"), "ls -A");
    assertEquals(lines, [
      "folders: 1, of records: 1",
      "folders: 0, of records: 1",
      "memory: 4",
    ]);
  },
  { skip: skipSurvivors },
);

conform("names of a program whose processes were all killed go with the next one", async () => {
  const lines = await runLines(
    `${run("survived.ts")} & main=$!`,
    "until [ -e ready ]; do sleep 0.02; done",
    KILL_MAIN,
    // The name of the file that tells of it ends with its process id.
    "child=$(basename allcores-run-*/used-by-*)",
    `kill -9 "\${child#used-by-}"; sleep 0.1`,
    "ls | grep ^of",
    use("queue"),
    "rm ready; ls -A",
  );
  assertEquals(lines, ["of-child", "of-main", "queue: got 1"]);
}, { skip: skipSurvivors });

const CONTAINER = "unshare --pid --fork --mount-proc --kill-child";
const skipContainers = canRun(`${OWN_TMP}\n${CONTAINER} true`)
  ? false
  : "there are no namespaces of process ids";

conform("programs in containers that share the folder leave each other's names alone", async () => {
  const lines = await runLines(
    // In there all process ids are others, and nobody out here has them.
    `${CONTAINER} ${run("survived.ts")} & main=$!`,
    "until [ -e ready ]; do sleep 0.02; done",
    "ls -R allcores-* > before",
    use("queue", "listen", "share"),
    `${CONTAINER} ${use("queue", "listen", "share")}`,
    "ls -R allcores-* | cmp - before",
    "ls | grep ^of",
    KILL_MAIN,
    "rm -r ready before of-* allcores-*",
  );
  const used = [
    "queue: got 1",
    "listen: hello in /dev/shm",
    "share: 7 open: other program 7 in /dev/shm",
  ];
  assertEquals(lines, [...used, ...used, "of-child", "of-main"]);
}, { skip: skipContainers });
