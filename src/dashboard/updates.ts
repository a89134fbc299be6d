/**
 * The pages that are open, and what each is sent: twice a second how things stand, and of lines and errors what it has not got yet.
 *
 * While no page is open nothing is looked up here.
 *
 * @module
 */

import type { Socket } from "node:net";
import { type Timer, unrefTimer } from "../event_loop/timers.ts";
import { ManagerWatch } from "./data/manager_watch.ts";
import type { Recorder } from "./data/recorder.ts";
import { type SnapshotSources, takeSnapshot } from "./data/snapshot.ts";
import { UsageMeter } from "./data/usage_meter.ts";
import type { Snapshot, Update } from "./data/views.ts";
import { EventStream } from "./http/event_stream.ts";

/** How often (ms) pages are told how things stand. */
const INTERVAL = 500;
/** How many pages may be open. */
const MOST_PAGES = 32;
/** Managers are asked with every so many updates: once a second. */
const ASK_EVERY = 2;

/** Nobody sees more digits, and they are most of what is sent. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === "number" ? Math.round(value * 1000) / 1000 : value;
}

/** What a page has got. */
interface Page {
  readonly stream: EventStream;
  second: number;
  change: number;
}

/** The pages that are open. */
export class Updates {
  readonly #recorder: Recorder;
  readonly #managers = new ManagerWatch();
  readonly #sources: SnapshotSources;
  readonly #pages = new Set<Page>();
  #timer: Timer | null = null;
  #count = 0;

  /**
   * @param recorder What is told.
   * @param program What does not change of the program.
   */
  constructor(recorder: Recorder, program: SnapshotSources["program"]) {
    this.#recorder = recorder;
    const since = performance.now();
    const [meter, managers] = [new UsageMeter(), this.#managers];
    this.#sources = { recorder, meter, managers, program, since };
  }

  /** Whether there is room for one more page. */
  get hasRoom(): boolean {
    return this.#pages.size < MOST_PAGES;
  }

  /** A page wants to be told from now on. */
  add(socket: Socket): void {
    const stream = new EventStream(socket, () => this.#remove(page));
    const page = { stream, second: -1, change: 0 };
    this.#pages.add(page);
    if (this.#timer === null) {
      this.#managers.ask(performance.now());
      this.#timer = unrefTimer(setInterval(() => this.#tell(), INTERVAL));
    }
    const now = performance.now();
    this.#send(page, takeSnapshot(this.#sources, now));
  }

  /** Ends all pages' streams. */
  close(): void {
    for (const { stream } of this.#pages) stream.close();
    this.#pages.clear();
    this.#stop();
  }

  #remove(page: Page): void {
    this.#pages.delete(page);
    if (this.#pages.size === 0) this.#stop();
  }

  #stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #tell(): void {
    const now = performance.now();
    if (++this.#count % ASK_EVERY === 0) this.#managers.ask(now);
    const ready = [...this.#pages].filter(({ stream }) => stream.isReady(now));
    if (ready.length === 0) return;
    const snapshot = takeSnapshot(this.#sources, now);
    for (const page of ready) this.#send(page, snapshot);
  }

  #send(page: Page, snapshot: Snapshot): void {
    const { errors, second } = this.#recorder;
    const update: Update = {
      snapshot,
      second,
      lines: this.#recorder.linesSince(page.second),
      errors: errors.since(page.change),
      firstError: errors.first,
    };
    page.second = second;
    page.change = errors.change;
    page.stream.send("update", JSON.stringify(update, rounded));
  }
}
