/**
 * What a call takes along for its tasks, as listeners to the diagnostics channels have written it.
 *
 * @module
 */

import { LEVELS, writeLog } from "../../log/log.ts";

/** The most (characters) that is sent along with a task: it has room in a worker's ring, and trace contexts are shorter. */
const MOST = 8192;

/**
 * What may be sent of a carrier: only texts, and not too many.
 *
 * @param carrier What listeners have written.
 * @returns A copy; `null` where there is nothing to send.
 */
export function sendable(
  carrier: Readonly<Record<string, unknown>>,
): Record<string, string> | null {
  const texts = Object.entries(carrier).filter((entry): entry is [string, string] =>
    typeof entry[1] === "string"
  );
  const size = texts.reduce((sum, [name, text]) => sum + name.length + text.length, 0);
  if (size === 0) return null;
  if (size <= MOST) return Object.fromEntries(texts);
  writeLog(LEVELS.warning, `A carrier of ${size} characters is left out: ${MOST} are allowed`);
  return null;
}
