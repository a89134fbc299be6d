/**
 * The folder for shared memory belongs to everybody: nothing that another user plants there is believed, used or removed.
 *
 * Each program runs in a mount namespace of its own, with a `/dev` of its own, in which a shell plants things first, as the
 * user `nobody`. What stands there are mounts, which cannot be removed: whatever a program does that is not as it should be,
 * nothing outside of the namespace is harmed.
 */

import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";
import { canRun, HERE, NOBODY, PLACE, quoted, runThere } from "../support/own_places.ts";
import { commandOf } from "../support/programs.ts";

const PROGRAM = fileURLToPath(new URL("../fixtures/programs/planted.ts", import.meta.url));

const skip = canRun("setpriv --reuid=65534 --clear-groups perl -MSocket -e 1")
  ? false
  : "there are no mount namespaces, no other user or no perl to plant with";

/** Runs the program after a script, and then another script whose output is given, too. */
async function runAmong(planting: string, looking: string): Promise<string[]> {
  const lines = await runThere([
    `as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups sh -c "$1"; }`,
    planting,
    quoted(...commandOf(PROGRAM), method, PLACE),
    looking,
  ].join("\n"));
  return lines.map((line) => line.replace(/~\d+ /, "~INODE "));
}

conform("nothing that another user planted is used or removed", async (note) => {
  const lines = await runAmong(
    `
    mkdir precious; echo 1 > precious/file; echo 2 > mine; chmod 600 mine
    chmod 700 precious
    here=$(stat -c %i .); above=$(stat -c %i ..); mine=$(stat -c %i mine)
    for folder in allcores-names-${NOBODY} allcores-run-${NOBODY}-abc-${HERE}; do
      as_nobody "umask 077; mkdir -p $folder/.~$here $folder/..~$above; : > $folder/mine~$mine"
    done
    as_nobody "ln -s precious allcores-run-${NOBODY}-link-${HERE}; ln -s ${PLACE}/precious allcores-run-${NOBODY}"
    as_nobody "ln -s ${PLACE}/mine planted-link; printf 12345678 > planted-file; chmod 666 planted-file"
    as_nobody "mkdir -m 777 planted-folder"
    perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un("planted-socket"))'
    chown nobody planted-socket
    `,
    `cat precious/file mine; find . -printf '%p %u\\n' | sort`,
  );
  note(lines.map((line) => line.replace(`-${HERE}`, "")));
  assertEquals(lines, [
    "create: done",
    "open a link: MultiprocessingError EACCES",
    "open a file of another user: MultiprocessingError EACCES",
    "open a folder: MultiprocessingError EACCES",
    "create what is there: MultiprocessingError EEXIST",
    "listener: done",
    "stale: ProcessError",
    "1",
    "2",
    ". root",
    `./allcores-names-${NOBODY} nobody`,
    `./allcores-names-${NOBODY}/..~INODE nobody`,
    `./allcores-names-${NOBODY}/.~INODE nobody`,
    `./allcores-names-${NOBODY}/mine~INODE nobody`,
    `./allcores-run-${NOBODY} nobody`,
    `./allcores-run-${NOBODY}-abc-${HERE} nobody`,
    `./allcores-run-${NOBODY}-abc-${HERE}/..~INODE nobody`,
    `./allcores-run-${NOBODY}-abc-${HERE}/.~INODE nobody`,
    `./allcores-run-${NOBODY}-abc-${HERE}/mine~INODE nobody`,
    `./allcores-run-${NOBODY}-link-${HERE} nobody`,
    "./mine root",
    "./planted-file nobody",
    "./planted-folder nobody",
    "./planted-link nobody",
    "./planted-socket nobody",
    "./precious root",
    "./precious/file root",
  ]);
}, { skip });

conform("what a program of this user left behind is swept, and nothing but that", async (note) => {
  const lines = await runAmong(
    `
    umask 077
    echo 1 > left; echo 2 > replaced; echo 3 > kept; mkdir folder; ln -s kept link
    run=allcores-run-${NOBODY}-abc-${HERE}
    mkdir $run; : > $run/listener
    for name in left folder link; do : > $run/$name~$(stat -c %i $name); done
    : > $run/replaced~1; : > "$run/..~$(stat -c %i ..)"; : > "$run/.~$(stat -c %i .)"
    mkdir allcores-run-${NOBODY}-open-${HERE}; chmod 755 allcores-run-${NOBODY}-open-${HERE}
    other=allcores-run-${NOBODY}-abc-1; mkdir $other; echo 4 > theirs; : > $other/theirs~$(stat -c %i theirs)
    mkdir allcores-run-1-abc-${HERE} allcores-run-${NOBODY}-ABC-${HERE} allcores-run-${NOBODY} allcores-run--abc
    `,
    `ls -A | sort`,
  );
  note(lines.map((line) => line.replace(`-${HERE}`, "")));
  assertEquals(lines.slice(lines.indexOf("stale: done") + 1), [
    "allcores-run--abc",
    `allcores-run-1-abc-${HERE}`,
    `allcores-run-${NOBODY}`,
    `allcores-run-${NOBODY}-ABC-${HERE}`,
    `allcores-run-${NOBODY}-abc-1`,
    `allcores-run-${NOBODY}-open-${HERE}`,
    "folder",
    "kept",
    "link",
    "replaced",
    "theirs",
  ]);
}, { skip });

conform("a folder in which others can replace files is not used", async (note) => {
  const lines = await runAmong(`chmod 0777 .`, `find . -mindepth 1`);
  note(lines);
  assertEquals(lines, [
    "create: NotSupportedError ",
    "open a link: NotSupportedError ",
    "open a file of another user: NotSupportedError ",
    "open a folder: NotSupportedError ",
    "create what is there: NotSupportedError ",
    "listener: NotSupportedError",
    "stale: done",
  ]);
}, { skip });
