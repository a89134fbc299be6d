/**
 * What the library tells about itself, if it is asked to: see `src/log/logger.ts`. Apart from the public class, so that a
 * child that tells nothing loads no more than this.
 *
 * @module
 */

import { runtime } from "../runtime/current.ts";
import { processName, self } from "../identity/self.ts";

/** The levels, as Python counts them. */
export const LEVELS = {
  notset: 0,
  subdebug: 5,
  debug: 10,
  info: 20,
  subwarning: 25,
  warning: 30,
  error: 40,
  critical: 50,
} as const;

/** The level that counts where none is set. */
const DEFAULT_LEVEL = LEVELS.warning;

/** A line of the log. */
export interface LogRecord {
  /** How important it is: 10 for debug, 20 for info, 30 for a warning, 40 for an error. */
  readonly level: number;
  /** The level's name, for example `INFO`. */
  readonly levelName: string;
  /** The process that tells. */
  readonly processName: string;
  /** What it tells. */
  readonly message: string;
}

/** What children inherit of the log. */
export interface LogState {
  level: number;
  toStderr: boolean;
}

/** The log of this process. */
export const log: LogState & { readonly handlers: Set<(record: LogRecord) => void> } = {
  level: LEVELS.notset,
  toStderr: false,
  handlers: new Set(),
};

/** What a child is given; `null` where nothing was set. */
export function inheritedLog(): LogState | null {
  const { level, toStderr } = log;
  return level === LEVELS.notset && !toStderr ? null : { level, toStderr };
}

/** Takes over what this child was given, and tells of its end. */
export function adoptLog(): void {
  const given = self()?.log ?? null;
  if (given === null) return;
  Object.assign(log, given);
  followEnd();
}

let followsEnd = false;

/** Tells of the end of this process. */
export function followEnd(): void {
  if (followsEnd) return;
  followsEnd = true;
  runtime.lifecycle.onExit((code) => {
    writeLog(LEVELS.info, "process shutting down");
    if (self() !== null) writeLog(LEVELS.info, `process exiting with exitcode ${code}`);
  });
}

/** Whether lines of a level are told to anybody. */
export function isLogged(level: number): boolean {
  return level >= (log.level || DEFAULT_LEVEL) && (log.toStderr || log.handlers.size > 0);
}

/**
 * Tells something.
 *
 * @param level How important it is.
 * @param message What it is.
 */
export function writeLog(level: number, message: string): void {
  if (!isLogged(level)) return;
  const record = { level, levelName: levelName(level), processName: processName(), message };
  if (log.toStderr) {
    runtime.writeError(`[${record.levelName}/${record.processName}] ${message}\n`);
  }
  for (const handler of log.handlers) handler(record);
}

function levelName(level: number): string {
  const name = Object.entries(LEVELS).find(([, number]) => number === level)?.[0];
  return name?.toUpperCase() ?? `Level ${level}`;
}
