/**
 * What the system lets this program have: open files, processes, memory.
 *
 * @module
 */

import { runtime } from "../runtime/current.ts";
import { cgroupMemory } from "../runtime/posix/cgroup_memory.ts";
import { cgroupPids } from "../runtime/posix/cgroup_pids.ts";
import { readSystemFile, system } from "../runtime/system.ts";
import { SHORTAGES } from "../support/shortage.ts";
import { type Data, type Finding, ok, unknown, warning } from "./finding.ts";
import { mayNotLook } from "./permissions.ts";
import { limitText, sizeText } from "./words.ts";

/** Open files that a worker of a pool takes of its creator at most, and those that a program has besides. */
const FILES = { worker: 7, program: 64 };
/** Processes and threads that one worker may be. */
const TASKS = 32;
/** Bytes that a small worker takes. */
const WORKER = 64 * 2 ** 20;
const KIB = 1024;
const OPEN = "/proc/self/fd";

/** Looks at the limit of open files. */
export function checkOpenFiles(): Finding {
  const [soft, hard] = limitOf("Max open files") ?? [undefined, undefined];
  const used = openFiles();
  const data = { soft: soft ?? null, hard: hard ?? null, used };
  if (soft === undefined) return untold(data);
  const cores = system.cpuCount();
  const needed = FILES.program + FILES.worker * cores;
  const text = `${limitText(soft)}${used === null ? "" : `, of which ${used} are open`}`;
  if (soft === null || soft - (used ?? 0) >= needed) return ok(text, data);
  return warning(
    text,
    `A pool of ${workers(cores)} may need ${FILES.worker * cores} more. ${remedyOf("EMFILE")}`,
    data,
  );
}

/** Looks at the limit of processes and threads. */
export function checkProcessLimit(): Finding {
  const [soft] = limitOf("Max processes") ?? [undefined];
  const left = finite(cgroupPids(readSystemFile));
  const data = { soft: soft ?? null, left };
  if (soft === undefined && left === null) return untold(data);
  const cores = system.cpuCount();
  const text = `${limitText(soft ?? null)} for the user, ${
    left === null ? "no limit" : `${left} more`
  } for the cgroup`;
  if (Math.min(soft ?? Infinity, left ?? Infinity) >= TASKS * (cores + 1)) return ok(text, data);
  return warning(
    text,
    `Each process is a dozen threads, and a pool of ${workers(cores)} may not start. ${
      remedyOf("EAGAIN")
    }`,
    data,
  );
}

/** Looks at the memory that is left. */
export function checkMemory(): Finding {
  const facts = readSystemFile("/proc/meminfo");
  const total = kilobytes(facts, "MemTotal");
  const available = kilobytes(facts, "MemAvailable");
  const left = finite(cgroupMemory(readSystemFile));
  const data = { total, available, left };
  if (available === null) return untold(data);
  const cores = system.cpuCount();
  const text = `${sizeText(available)} of ${sizeText(total ?? available)} available, ${
    left === null ? "no limit" : `${sizeText(left)} more`
  } for the cgroup`;
  if (Math.min(available, left ?? Infinity) >= WORKER * cores) return ok(text, data);
  return warning(
    text,
    `A pool of ${workers(cores)} may need ${sizeText(WORKER * cores)}. ${remedyOf("ENOMEM")}`,
    data,
  );
}

/** A soft and a hard limit, `null` where there is none; `undefined` where the system does not tell. */
function limitOf(name: string): [number | null, number | null] | undefined {
  const line = readSystemFile("/proc/self/limits").split("\n")
    .find((line) => line.startsWith(name));
  if (line === undefined) return undefined;
  const [soft, hard] = line.slice(name.length).trim().split(/\s+/).map((word) =>
    word === "unlimited" ? null : Number(word)
  );
  return [soft, hard];
}

function untold(data: Data): Finding {
  return unknown(mayNotLook() ?? "the system does not tell", null, data);
}

function openFiles(): number | null {
  try {
    return runtime.files.mayLook(OPEN) ? runtime.files.list(OPEN).length : null;
  } catch {
    return null;
  }
}

function kilobytes(facts: string, name: string): number | null {
  const found = new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(facts)?.[1];
  return found === undefined ? null : Number(found) * KIB;
}

function finite(value: number): number | null {
  return value === Infinity ? null : value;
}

function workers(count: number): string {
  return count === 1 ? "1 worker" : `${count} workers`;
}

/** What to do about a shortage: the sentence behind what is short. */
function remedyOf(name: keyof typeof SHORTAGES): string {
  const text = SHORTAGES[name];
  return text.slice(text.indexOf(". ") + 2);
}
