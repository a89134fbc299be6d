/**
 * What a run left behind: processes that outlived it, and entries named `allcores-…` in the folders for temporary
 * files. Both get a moment to go by themselves, since a child that lost its parent needs one to notice.
 *
 * Processes are found by a variable in their environment or by their session, where the system shows these (`/proc`);
 * elsewhere only the folders are looked at.
 */

import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

/** The variable that every process of a run inherits; its value is the run's own. */
export const runMarker = "ALLCORES_TEST_RUN";

const patience = 3000;
const sharedFolder = "/dev/shm";

/** What to look for after a run. */
export interface Traces {
  /** The value of {@linkcode runMarker} in the run's processes. */
  marker: string;
  /** The process id of the run's first process, which leads its session. */
  pid: number;
  /** The run's own folder for temporary files. */
  temporary: string;
  /** What {@linkcode sharedEntries} gave before the run; `null` where other runs are under way. */
  sharedBefore: Set<string> | null;
}

/** Names of the library's entries in the folder for shared memory. */
export function sharedEntries(): Set<string> {
  return new Set(ownEntries(sharedFolder));
}

/**
 * Waits for new entries in the folder for shared memory to go, and describes those that stay.
 *
 * @param before What {@linkcode sharedEntries} gave before.
 */
export async function findSharedLeftovers(before: Set<string>): Promise<string[]> {
  return await untilNothing(() => newShared(before));
}

/** Waits for a run's traces to go, ends the processes that stay, and describes everything that stayed. */
export async function findLeftovers(traces: Traces): Promise<string[]> {
  const left = await untilNothing(() => look(traces));
  endProcesses(traces);
  return left;
}

async function untilNothing(look: () => string[]): Promise<string[]> {
  const deadline = Date.now() + patience;
  let left = look();
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(50);
    left = look();
  }
  return left;
}

function look(traces: Traces): string[] {
  const processes = processesOf(traces).map((pid) => `process ${pid}: ${commandLine(pid)}`);
  const files = ownEntries(traces.temporary).map((name) => `temporary entry ${name}`);
  const shared = traces.sharedBefore === null ? [] : newShared(traces.sharedBefore);
  return [...processes, ...files, ...shared];
}

function newShared(before: Set<string>): string[] {
  const added = [...sharedEntries()].filter((name) => !before.has(name));
  return added.map((name) => `${sharedFolder}/${name}`);
}

function ownEntries(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.startsWith("allcores-"));
  } catch {
    return [];
  }
}

function processesOf(traces: Traces): number[] {
  return allProcesses().filter((pid) => pid !== process.pid && belongs(pid, traces));
}

function allProcesses(): number[] {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number);
  } catch {
    return [];
  }
}

function belongs(pid: number, traces: Traces): boolean {
  const stat = read(`/proc/${pid}/stat`);
  // After the name, which is in parentheses: state, parent, group, session.
  const [state, , , session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state === "Z" || state === undefined) return false;
  if (Number(session) === traces.pid) return true;
  return read(`/proc/${pid}/environ`).split("\0").includes(`${runMarker}=${traces.marker}`);
}

function endProcesses(traces: Traces): void {
  for (const pid of processesOf(traces)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended in the meantime.
    }
  }
}

function commandLine(pid: number): string {
  return read(`/proc/${pid}/cmdline`).split("\0").join(" ").trim().slice(0, 300);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
