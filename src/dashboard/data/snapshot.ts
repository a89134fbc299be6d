/**
 * How everything stands at one moment, and what is sent of it.
 *
 * @module
 */

import type { QueueCore } from "../../queue/core.ts";
import { liveQueues } from "../../queue/live_queues.ts";
import { runtime } from "../../runtime/current.ts";
import type { ManagerWatch } from "./manager_watch.ts";
import type { Recorder } from "./recorder.ts";
import type { UsageMeter } from "./usage_meter.ts";
import type { ProgramView, QueueView, Snapshot } from "./views.ts";

/** How many pools and queues are listed. */
const MOST_POOLS = 20;
const MOST_QUEUES = 100;

/** What a snapshot is made from. */
export interface SnapshotSources {
  readonly recorder: Recorder;
  readonly meter: UsageMeter;
  readonly managers: ManagerWatch;
  /** What never changes of the program. */
  readonly program: Pick<ProgramView, "id" | "name" | "runtime" | "pid" | "cores" | "mayControl">;
  /** Since when it is watched (ms). */
  readonly since: number;
}

/**
 * Looks at everything.
 *
 * @param sources What is looked at.
 * @param now The time (ms).
 * @returns How it stands.
 */
export function takeSnapshot(sources: SnapshotSources, now: number): Snapshot {
  const { recorder, meter, managers, program, since } = sources;
  const records = recorder.pools;
  const shown = records.slice(0, MOST_POOLS);
  const maps = recorder.maps.view(now);
  const queues = [...liveQueues];
  meter.tidy(now);
  return {
    program: { ...program, watchedMs: now - since, ...meter.of(program.pid, now) },
    pools: shown.map((record) => record.view(meter, now)),
    maps: maps.maps,
    queues: queues.slice(0, MOST_QUEUES).map(([number, queue]) => queueView(number, queue)),
    managers: managers.view(now),
    more: {
      pools: records.length - shown.length,
      maps: maps.more,
      queues: Math.max(0, queues.length - MOST_QUEUES),
    },
  };
}

/** What does not change of this program. */
export function programFacts(mayControl: boolean): SnapshotSources["program"] {
  const { name, pid, system, program } = runtime;
  return {
    id: crypto.randomUUID(),
    name: fileName(program.mainModule),
    runtime: name,
    pid,
    cores: system.cpuCount(),
    mayControl,
  };
}

function fileName(url: string | null): string {
  const name = url?.split(/[?#]/, 1)[0].split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function queueView(number: number, queue: QueueCore): QueueView {
  const kind = queue.owner?.constructor.name ?? "Queue";
  try {
    return { number, kind, size: queue.size };
  } catch {
    // It was closed here, or its memory is gone.
    return { number, kind, size: null };
  }
}
