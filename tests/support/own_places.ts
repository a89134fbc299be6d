/**
 * Programs in a mount namespace with folders of its own, which a shell prepares: whatever they do there, nothing outside is
 * harmed, and nothing of it is seen.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { method } from "./method.ts";
import { commandOf, startCommand } from "./programs.ts";

/** The folder for shared memory. */
export const PLACE = "/dev/shm";
/** A process id that nobody has. */
export const NOBODY: number = 2 ** 30;
/** What the names of folders end with that are of the namespace of process ids in which the programs run. */
export const HERE: string = existsSync("/proc/self/ns/pid")
  ? statSync("/proc/self/ns/pid").ino.toString(36)
  : "0";

/** Gives the namespace its own `/dev`, with what a runtime needs of it. */
export const OWN_DEV = `
  set -e
  work=$(mktemp -d)
  mount -t tmpfs tmpfs "$work"
  for device in null zero full random urandom; do
    : > "$work/$device"
    mount --bind "/dev/$device" "$work/$device"
  done
  mkdir "$work/shm"
  mount -t tmpfs -o mode=1777 tmpfs "$work/shm"
  mount --move "$work" /dev
  rmdir "$work"
  cd ${PLACE}
`;

/** What has to be seen wherever it stands: this repository, and the runtime. */
const NEEDED = [fileURLToPath(new URL("../..", import.meta.url)), dirname(process.execPath)];

/** Gives the namespace its own `/tmp` as well, with what is needed of it; after {@linkcode OWN_DEV}. */
export const OWN_TMP = `
  mkdir /dev/needed-0 /dev/needed-1
  mount --rbind '${NEEDED[0]}' /dev/needed-0
  mount --rbind '${NEEDED[1]}' /dev/needed-1
  mount -t tmpfs -o mode=1777 tmpfs /tmp
  mkdir -p '${NEEDED[0]}' '${NEEDED[1]}' "\${TMPDIR:-/tmp}"
  mount --rbind /dev/needed-0 '${NEEDED[0]}'
  mount --rbind /dev/needed-1 '${NEEDED[1]}'
`;

/** Whether a script can be run in a namespace, after {@linkcode OWN_DEV}. */
export function canRun(script: string): boolean {
  return existsSync(PLACE) &&
    spawnSync("unshare", ["-m", "sh", "-c", `${OWN_DEV}\n${script}`]).status === 0;
}

/** Words as one line of a shell. */
export function quoted(...words: string[]): string {
  return words.map((word) => `'${word}'`).join(" ");
}

/** Runs a script in a namespace, after {@linkcode OWN_DEV}; it must end well. Gives the lines of its output. */
export async function runThere(
  script: string,
  env: Record<string, string> = {},
): Promise<string[]> {
  const command = ["unshare", "-m", "sh", "-c", `${OWN_DEV}\n${script}`];
  const { code, stdout, stderr } = await startCommand(command, env).ended;
  assertEquals([code, stderr], [0, ""]);
  return stdout.trim().split("\n");
}

/** The line of a shell that runs a program. */
export function run(program: string, ...args: string[]): string {
  const path = fileURLToPath(new URL(`../fixtures/programs/${program}`, import.meta.url));
  return quoted(...commandOf(path), ...args);
}

/** The line of a shell that runs the program of uses. */
export const use = (...what: string[]): string => run("places.ts", ...what);

/** Runs lines of a shell, whose working directory is the folder; at last it lists what is left in `/tmp`. */
export async function runLines(...lines: string[]): Promise<string[]> {
  const script = [OWN_TMP, ...lines, "find /tmp -maxdepth 1 -name 'allcores-*'"].join("\n");
  return await runThere(script, { ALLCORES_TEST_METHOD: method });
}
