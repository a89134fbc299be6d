/**
 * What a child loads besides its beginning.
 *
 * The sources load each part when it is first needed, since each module costs a child time: `late_parts.ts`. In the package
 * each file costs time, so the parts that children need at once come with their entry: `bundled_parts.ts`.
 *
 * @module
 */

import type { BootMessage } from "../identity/boot.ts";
import type { Program } from "../parties/program.ts";

/** Prepares a kind of work; resolves to what does it. */
export type Prepare<Work> = (program: Program, work: Work) => Promise<() => Promise<void>>;

type WorkOf<Kind> = Extract<BootMessage["work"], { kind: Kind }>;

/** The parts. */
export interface Parts {
  /** The part that does the work of a process. */
  process(): Promise<Prepare<WorkOf<"process">>> | Prepare<WorkOf<"process">>;
  /** The part that does the work of a pool's worker. */
  worker(): Promise<Prepare<WorkOf<"worker">>> | Prepare<WorkOf<"worker">>;
  /**
   * Loads a class of handles.
   *
   * @param kind Its number; `null` for all classes.
   */
  handle(kind: number | null): Promise<void>;
}
