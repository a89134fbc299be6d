/**
 * A bar, wherever it is shown.
 *
 * @module
 */

import type { Progress } from "./state.ts";

/** A bar that is shown. */
export interface ProgressBar {
  /** Shows how far it is now. */
  show(progress: Progress): void;
  /** Shows how far it came, and gives the line back. */
  end(progress: Progress): void;
}
