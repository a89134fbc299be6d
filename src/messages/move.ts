/**
 * An object that was sent and has left its sender: see `moves.ts`.
 *
 * @module
 */

import type { Program } from "../parties/program.ts";

/** An object that is on its way. */
export interface Move {
  readonly program: Program;
  /** Whether it has arrived, or was given up. */
  readonly isOver: boolean;
  /** Takes it back, if it has not arrived. */
  undo(): void;
  /** Says that it will never arrive. */
  giveUp(): void;
}
