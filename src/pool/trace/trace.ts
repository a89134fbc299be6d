/**
 * A trace of what workers do. What records and draws it is loaded when the first one is started.
 *
 * @module
 */

import { checkTable, countFrom } from "../../support/option_checks.ts";
import { type Recorder, recorders } from "../schedule/recorders.ts";
import type { Recording, Subject } from "./recording.ts";
import type { Trace, TraceDocument, TraceOptions } from "./trace_event.ts";
import { takePath } from "./trace_path.ts";

/** How many records are kept. */
const MOST = 100_000;

/** What is traced: some pools, or one. */
export type Traced = Pick<Subject, "pools" | "pool">;

/** A {@linkcode Trace} of some pools. */
export class PoolTrace implements Trace {
  readonly #path: string | URL | null;
  readonly #start = { at: performance.now(), date: new Date() };
  readonly #recording: Promise<Recording>;
  /** Takes note: at first what is kept until the recording is there, then the recording. */
  #recorder: Recorder;
  #document: Promise<TraceDocument> | null = null;

  /**
   * Starts it.
   *
   * @param traced What is traced.
   * @param path Where it is written, as the user gave it.
   * @param options How it is recorded, as the user gave them.
   * @throws {TypeError} when an argument is of the wrong type.
   * @throws {RangeError} when a number is out of its range.
   * @throws {MultiprocessingError} when there is no folder for the file.
   */
  constructor(traced: Traced, path: string | URL | undefined, options: TraceOptions | undefined) {
    checkTable("A trace", options, { maxEvents: countFrom(1) }, "{ maxEvents: 100_000 }");
    this.#path = takePath(path);
    const early: ((recorder: Recorder) => void)[] = [];
    this.#recorder = {
      attempt: (at, pool, { ...task }, ...rest) => {
        const { number, fn } = task.job;
        const noted = { ...task, job: { number, fn } };
        early.push((recorder) => recorder.attempt(at, pool, noted, ...rest));
      },
      worker: (note) => early.push((recorder) => recorder.worker(note)),
    };
    recorders.push(this.#recorder);
    const subject = { ...traced, maxEvents: options?.maxEvents ?? MOST };
    this.#recording = import("./recording.ts").then(({ Recording }) => {
      const recording = new Recording(subject);
      for (const tell of early) tell(recording);
      const place = recorders.indexOf(this.#recorder);
      if (place >= 0) recorders[place] = recording;
      this.#recorder = recording;
      return recording;
    });
    // Whoever stops it is told.
    this.#recording.catch(() => {});
  }

  stop(): Promise<TraceDocument> {
    return this.#document ??= this.#finish();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #finish(): Promise<TraceDocument> {
    recorders.splice(recorders.indexOf(this.#recorder), 1);
    const recorded = (await this.#recording).end();
    const { documentOf } = await import("./document.ts");
    const document = documentOf(recorded, this.#start);
    if (this.#path === null) return document;
    const { writeTrace } = await import("./write_trace.ts");
    await writeTrace(document, this.#path);
    return document;
  }
}
