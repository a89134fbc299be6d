/**
 * The folder for shared memory as containers have it: small, full, missing, read-only.
 *
 * Each program runs in a mount namespace of its own, whose folders a shell prepares.
 */

import process from "node:process";
import { assertEquals } from "@std/assert";
import { conform } from "../support/conform.ts";
import { canRun, OWN_TMP, PLACE, runLines, use } from "../support/own_places.ts";

const skip = canRun(OWN_TMP) ? false : "there are no mount namespaces";
/** Mounts the folder anew. */
const mount = (options: string): string =>
  `cd /; umount ${PLACE}; mount -t tmpfs -o mode=1777,${options} tmpfs ${PLACE}; cd ${PLACE}`;

const FULL =
  "Free some, or make /dev/shm larger (mount -o remount,size=1g /dev/shm; containers: --shm-size)";

conform("in a folder of 64 MiB all works, and who wants more is told of that limit", async () => {
  const lines = await runLines(mount("size=64m"), use("fill", "share", "listen"), "ls -A");
  assertEquals(lines, [
    "fill: 8 MiB; NotSupportedError: Cannot create N bytes of shared memory: " +
    `N bytes are left in /dev/shm/allcores-RUN. ${FULL}; 8 MiB; sum 2 3`,
    "share: 7 open: other program 7 in /dev/shm",
    "listen: hello in /dev/shm",
  ]);
}, { skip });

const noSpace = (path: string): string =>
  `NotSupportedError: Cannot create ${path} (ENOSPC): no space left. ${FULL}`;
/** Of files that there may be, the folder itself is one; then come the program's folder, the memory, its record and its name. */
const TOO_FEW: readonly [files: number, missing: string, refusal: string][] = [
  [
    2,
    "its bytes",
    "NotSupportedError: Cannot create 16 bytes of shared memory: " +
    `no file can be made in /dev/shm/allcores-RUN. ${FULL}`,
  ],
  [3, "its record", noSpace("/dev/shm/allcores-RUN")],
  [4, "its name", noSpace("/dev/shm/places-test")],
];

for (const [files, missing, refusal] of TOO_FEW) {
  conform(`named memory leaves nothing where there is no space for ${missing}`, async () => {
    const lines = await runLines(
      mount(`nr_inodes=${files}`),
      use("share"),
      "ls -A; mount -o remount,nr_inodes=20 .",
      use("share"),
      "ls -A",
    );
    assertEquals(lines, [`share: ${refusal}`, "share: 7 open: other program 7 in /dev/shm"]);
  }, { skip });
}

conform(
  "a listener leaves nothing where there is no space for it, and the rest works",
  async () => {
    const lines = await runLines(
      mount("nr_inodes=2"),
      use("listen"),
      "ls -A; mount -o remount,nr_inodes=1 .",
      use("listen", "queue", "pool"),
      "ls -A; mount -o remount,nr_inodes=20 .",
      use("listen"),
      "ls -A",
    );
    assertEquals(lines, [
      `listen: ProcessError: Cannot listen on /dev/shm/allcores-RUN: ENOSPC: no space left. ${FULL}`,
      `listen: ${noSpace("/dev/shm/allcores-RUN")}`,
      "queue: got 1",
      "pool: sum 2 3",
      "listen: hello in /dev/shm",
    ]);
  },
  { skip },
);

const WITHOUT_FOLDER = `cd /; umount ${PLACE}; rmdir ${PLACE}`;
/** Takes from the superuser what lets it write everywhere. */
const POWERLESS = "setpriv --inh-caps=-all --bounding-set=-all --";

const UNUSABLE: Record<string, { prepare: string; as?: string; missing?: string | false }> = {
  "is missing": { prepare: WITHOUT_FOLDER },
  "is read-only": { prepare: "mount -o remount,ro ." },
  "is a file": { prepare: `${WITHOUT_FOLDER}; : > ${PLACE}` },
  "cannot be written by this user": {
    prepare: "chmod 0555 .",
    as: POWERLESS,
    missing: canRun(`${POWERLESS} true`) ? false : "there is no setpriv to be no superuser with",
  },
};

for (const [what, { prepare, as = "", missing = false }] of Object.entries(UNUSABLE)) {
  conform(`where the folder ${what} the one for temporary files is used`, async () => {
    const lines = await runLines(prepare, `${as} ${use("share", "listen", "queue", "pool")}`);
    assertEquals(lines, [
      "share: 7 open: other program 7 in /tmp",
      "listen: hello in /tmp",
      "queue: got 1",
      "pool: sum 2 3",
    ]);
  }, { skip: skip || missing });
}

conform("where no folder can be used the error tells of each, and the rest works", async () => {
  const lines = await runLines(
    `unset TMPDIR; ${WITHOUT_FOLDER}`,
    "mount -o remount,ro /tmp",
    use("share", "listen", "queue", "pool"),
  );
  const refusal = "NotSupportedError: There is no folder for shared memory and sockets: " +
    "/dev/shm does not exist, /tmp cannot be written (EROFS). Mount /dev/shm for writing " +
    "(mount -t tmpfs -o mode=1777 tmpfs /dev/shm; containers: --tmpfs /dev/shm), " +
    "or name a folder by the variable TMPDIR";
  assertEquals(lines, [
    `share: ${refusal}`,
    `listen: ${refusal}`,
    "queue: got 1",
    "pool: sum 2 3",
  ]);
}, { skip });

conform("where the folder may not be looked at no other is taken", async () => {
  const allowed = "read write net run ffi env sys".split(" ").map((name) => `--allow-${name}`);
  const program = use("listen", "share", "queue").replace("--allow-all", allowed.join(" "));
  const lines = await runLines(program.replaceAll("'", ""));
  const refusal =
    'NotSupportedError: Cannot use /dev/shm for shared memory and sockets: Requires all access to "/dev/shm"';
  assertEquals(lines.map((line) => line.split(",")[0]), [
    `listen: ${refusal}`,
    `share: ${refusal}`,
    "queue: got 1",
  ]);
}, { skip: skip || ("deno" in process.versions ? false : "there are no permissions") });
