/**
 * Where events are drawn: a track of this process for the calls of each pool, and one for each worker, in its process.
 *
 * @module
 */

import type { TraceEvent } from "./trace_event.ts";

/** A track. */
export interface Track {
  readonly pid: number;
  readonly tid: number;
}

/** A worker, as far as it is drawn. */
export interface DrawnWorker {
  readonly pool: number;
  readonly name: string;
  readonly pid: number;
}

/** The tracks of a trace. */
export class Tracks {
  readonly #pid: number;
  readonly #events: TraceEvent[] = [];
  readonly #named = new Set<number>();
  readonly #calls = new Map<number, Track>();
  #count = 0;

  /**
   * @param pid This process.
   * @param name Its name.
   */
  constructor(pid: number, name: string) {
    this.#pid = pid;
    this.#nameProcess(pid, name);
  }

  /** The names of all processes and tracks, and their places. */
  get events(): readonly TraceEvent[] {
    return this.#events;
  }

  /** The track for the calls of a pool. */
  callsOf(pool: number): Track {
    const known = this.#calls.get(pool);
    if (known !== undefined) return known;
    const track = this.#open(this.#pid, `Pool ${pool}`);
    this.#calls.set(pool, track);
    return track;
  }

  /** Opens the track of a worker. */
  openWorker({ pool, name, pid }: DrawnWorker): Track {
    if (!this.#named.has(pid)) {
      this.#nameProcess(pid, name);
      this.#tell("process_labels", { pid, tid: 0 }, { labels: `Pool ${pool}` });
    }
    return this.#open(pid, name);
  }

  #nameProcess(pid: number, name: string): void {
    this.#named.add(pid);
    this.#tell("process_name", { pid, tid: 0 }, { name });
    this.#tell("process_sort_index", { pid, tid: 0 }, { sort_index: this.#named.size });
  }

  /** Numbers are given over all processes: the system may give the id of a process once more. */
  #open(pid: number, name: string): Track {
    const track = { pid, tid: ++this.#count };
    this.#tell("thread_name", track, { name });
    this.#tell("thread_sort_index", track, { sort_index: track.tid });
    return track;
  }

  #tell(name: string, { pid, tid }: Track, args: Record<string, unknown>): void {
    this.#events.push({ name, cat: "__metadata", ph: "M", ts: 0, pid, tid, args });
  }
}
