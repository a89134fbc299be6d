/**
 * The cores: of the machine, and those that this program may use.
 *
 * @module
 */

import { cgroupCores } from "../runtime/posix/cgroup.ts";
import { readSystemFile, system } from "../runtime/system.ts";
import { type Finding, ok, warning } from "./finding.ts";
import { limitText } from "./words.ts";

const CPUS = "/sys/devices/system/cpu";

/** Looks at the cores. */
export function checkCores(): Finding {
  const usable = system.cpuCount();
  const quota = cgroupCores(readSystemFile);
  const logical = listed(readSystemFile(`${CPUS}/online`));
  const status = readSystemFile("/proc/self/status");
  const affinity = listed(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? "");
  const data = {
    usable,
    affinity: countOf(affinity),
    quota: quota === Infinity ? null : quota,
    logical: countOf(logical),
    physical: physicalCores(logical),
  };
  const machine = data.logical === null
    ? ""
    : `; the machine has ${data.logical}${
      data.physical === null ? "" : `, ${data.physical} of them physical`
    }`;
  const text = `${usable} can be used (affinity ${data.affinity ?? "not known"}, quota ${
    limitText(data.quota)
  })${machine}`;
  if (usable > 1) return ok(text, data);
  return warning(
    text,
    "On one core parallel work takes as long as before. Give this program more (taskset; containers: --cpus, --cpuset-cpus)",
    data,
  );
}

function countOf(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.length;
}

/** The numbers in a list as Linux writes it: `0-3,8`. */
function listed(text: string): number[] {
  const parts = text.trim().split(",").filter((part) => /^\d+(-\d+)?$/.test(part));
  return parts.flatMap((part) => {
    const [first, last = first] = part.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** How many of them are not the other half of one before; `null` where that cannot be told. */
function physicalCores(cores: readonly number[]): number | null {
  const siblings = cores.map((core) =>
    readSystemFile(`${CPUS}/cpu${core}/topology/thread_siblings_list`).trim()
  );
  return siblings.includes("") || siblings.length === 0 ? null : new Set(siblings).size;
}
