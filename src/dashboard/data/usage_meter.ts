/**
 * The memory and the processor time of processes, looked at once a second at most.
 *
 * @module
 */

import { runtime } from "../../runtime/current.ts";
import { cpuTime } from "../../runtime/system.ts";
import type { UsageView } from "./views.ts";

/** How long (ms) what was read is good. */
const GOOD_FOR = 900;
/** How long (ms) a process is remembered that nobody asks for. */
const FORGOTTEN_AFTER = 10_000;

interface Reading extends UsageView {
  readonly at: number;
  /** The processor time (ms) up to then. */
  readonly cpuMs: number | null;
  askedAt: number;
}

/** Nothing is known of what a thread uses by itself. */
export const UNKNOWN: UsageView = Object.freeze({ memory: null, cpu: null });

/** Reads what processes use. */
export class UsageMeter {
  readonly #readings = new Map<number, Reading>();

  /**
   * What a process uses: its processors since it was looked at before, so not at the first look.
   *
   * @param pid The process.
   * @param now The time (ms).
   */
  of(pid: number, now: number): UsageView {
    const before = this.#readings.get(pid);
    if (before !== undefined && now - before.at < GOOD_FOR) {
      before.askedAt = now;
      return { memory: before.memory, cpu: before.cpu };
    }
    const cpuMs = cpuTime(pid);
    const reading = {
      at: now,
      askedAt: now,
      memory: runtime.system.residentBytes(pid),
      cpuMs,
      cpu: before === undefined ? null : share(before, cpuMs, now),
    };
    this.#readings.set(pid, reading);
    return { memory: reading.memory, cpu: reading.cpu };
  }

  /** Forgets what nobody has asked for lately. */
  tidy(now: number): void {
    for (const [pid, { askedAt }] of this.#readings) {
      if (now - askedAt > FORGOTTEN_AFTER) this.#readings.delete(pid);
    }
  }
}

function share(before: Reading, cpuMs: number | null, now: number): number | null {
  if (before.cpuMs === null || cpuMs === null) return null;
  return Math.max(0, (cpuMs - before.cpuMs) / (now - before.at));
}
