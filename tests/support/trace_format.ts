/**
 * What the Trace Event Format asks of a document: the rules by which Perfetto and `chrome://tracing` read it.
 *
 * @module
 */

import type { TraceDocument, TraceEvent } from "../../mod.ts";

/** The fields that an event must have, besides `name`, `ph`, `ts`, `pid` and `tid`, by its phase. */
const REQUIRED: Readonly<Record<string, readonly (keyof TraceEvent)[]>> = {
  M: ["args"],
  X: ["cat", "dur"],
  i: ["cat", "s"],
  b: ["cat", "id"],
  e: ["cat", "id"],
  s: ["cat", "id"],
  t: ["cat", "id"],
  f: ["cat", "id", "bp"],
  C: ["args"],
};

/**
 * Looks for what is wrong with a document.
 *
 * @param document The document.
 * @returns What is wrong, a line each; empty where nothing is.
 */
export function problemsOf(document: TraceDocument): string[] {
  const events = document.traceEvents;
  const named = [...events].filter(({ ph }) => ph !== "M");
  return [
    ...events.flatMap(wrongFields),
    ...wrongOrder(named),
    ...withoutNames(events),
    ...tracksOf(events).flatMap(overlaps),
    ...wrongPairs(events),
    ...wrongFlows(events),
    ...wrongCounters(events),
  ];
}

/** The slices of each track, in the order of the document. */
function tracksOf(events: readonly TraceEvent[]): TraceEvent[][] {
  const tracks = new Map<string, TraceEvent[]>();
  for (const event of events) {
    if (event.ph !== "X") continue;
    const key = trackOf(event);
    tracks.set(key, [...tracks.get(key) ?? [], event]);
  }
  return [...tracks.values()];
}

function trackOf({ pid, tid }: TraceEvent): string {
  return `${pid}/${tid}`;
}

function wrongFields(event: TraceEvent): string[] {
  const text = JSON.stringify(event);
  const required = REQUIRED[event.ph];
  if (required === undefined) return [`unknown phase: ${text}`];
  const missing = required.filter((field) => event[field] === undefined);
  const times = event.ph === "X" ? [event.ts, event.dur!] : [event.ts];
  return [
    ...missing.map((field) => `no ${field}: ${text}`),
    ...typeof event.name === "string" && event.name !== "" ? [] : [`no name: ${text}`],
    ...times.every((time) => Number.isSafeInteger(time) && time >= 0)
      ? []
      : [`a time is no number of microseconds from 0 on: ${text}`],
    ...Number.isInteger(event.pid) && event.pid > 0 && Number.isInteger(event.tid)
      ? []
      : [`no process or track: ${text}`],
  ];
}

function wrongOrder(events: readonly TraceEvent[]): string[] {
  return events.flatMap((event, i) =>
    i > 0 && event.ts < events[i - 1].ts ? [`not in time: ${JSON.stringify(event)}`] : []
  );
}

/** Each process and each track has one name, and one place. */
function withoutNames(events: readonly TraceEvent[]): string[] {
  const counts = new Map<string, number>();
  for (const { name, ph, pid, tid } of events) {
    if (ph !== "M") continue;
    const key = name.startsWith("process_") ? `${name} ${pid}` : `${name} ${pid}/${tid}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const needed = new Set(
    events.filter(({ ph }) => ph !== "M").flatMap((event) => [
      `process_name ${event.pid}`,
      `process_sort_index ${event.pid}`,
      `thread_name ${trackOf(event)}`,
      `thread_sort_index ${trackOf(event)}`,
    ]),
  );
  return [...needed].flatMap((key) =>
    counts.get(key) === 1 ? [] : [`${key}: ${counts.get(key) ?? 0} times`]
  );
}

/** A slice begins after the one before has ended, or lies in it. */
function overlaps(slices: readonly TraceEvent[]): string[] {
  const open: number[] = [];
  return slices.flatMap((slice) => {
    const end = slice.ts + slice.dur!;
    while (open.length > 0 && open.at(-1)! <= slice.ts) open.pop();
    const isIn = open.length === 0 || end <= open.at(-1)!;
    open.push(end);
    return isIn ? [] : [`overlaps: ${JSON.stringify(slice)}`];
  });
}

/** Each `b` has its `e`, in this order. */
function wrongPairs(events: readonly TraceEvent[]): string[] {
  const open = new Set<string>();
  const problems: string[] = [];
  for (const event of events) {
    if (event.ph !== "b" && event.ph !== "e") continue;
    const key = `${event.cat} ${event.name} ${event.pid} ${event.id}`;
    const isRight = event.ph === "b" ? !open.has(key) : open.delete(key);
    if (event.ph === "b") open.add(key);
    if (!isRight) problems.push(`no pair: ${JSON.stringify(event)}`);
  }
  return [...problems, ...[...open].map((key) => `without an end: ${key}`)];
}

/** Each arrow has one start and one end, in this order, and each of its points is in a slice. */
function wrongFlows(events: readonly TraceEvent[]): string[] {
  const flows = new Map<unknown, TraceEvent[]>();
  for (const event of events) {
    if (!["s", "t", "f"].includes(event.ph)) continue;
    flows.set(event.id, [...flows.get(event.id) ?? [], event]);
  }
  const slices = tracksOf(events);
  const hasSlice = (event: TraceEvent): boolean =>
    slices.some(([first, ...rest]) =>
      trackOf(first) === trackOf(event) &&
      [first, ...rest].some(({ ts, dur }) => ts <= event.ts && event.ts <= ts + dur!)
    );
  return [...flows].flatMap(([id, flow]) => [
    ...(/^st*f$/.test(flow.map(({ ph }) => ph).join("")) ? [] : [`flow ${id}: not s, t, f`]),
    ...(flow.every(hasSlice) ? [] : [`flow ${id}: a point without a slice`]),
  ]);
}

function wrongCounters(events: readonly TraceEvent[]): string[] {
  return events.flatMap((event) =>
    event.ph !== "C" || Object.values(event.args!).every((value) => Number(value) >= 0)
      ? []
      : [`a counter is no number: ${JSON.stringify(event)}`]
  );
}
