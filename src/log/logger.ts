/**
 * The log: what this library tells about its processes.
 *
 * @module
 */

import { followEnd, isLogged, LEVELS, log, type LogRecord, writeLog } from "./log.ts";
import { show } from "../support/options.ts";

export type { LogRecord };

/** How important a line of the log is: by name, or by its number as in Python. */
export type LogLevel =
  | "notset"
  | "subdebug"
  | "debug"
  | "info"
  | "subwarning"
  | "warning"
  | "error"
  | "critical"
  | number;

/**
 * The logger of this process: see {@linkcode getLogger}.
 *
 * @example
 * ```ts
 * import { getLogger, type Logger } from "@allcores/multiprocessing";
 *
 * const logger: Logger = getLogger();
 * logger.info("not shown before logToStderr()");
 * ```
 */
export class Logger {
  /** The least level that is told; 0 where none was set, and then it is that of a warning. */
  get level(): number {
    return log.level;
  }

  /**
   * Sets the least level that is told. Children that are started afterwards inherit it.
   *
   * @param level The level.
   * @throws {TypeError} when there is no such level.
   */
  setLevel(level: LogLevel): void {
    log.level = toLevel(level);
  }

  /** Whether lines of a level are told to anybody. */
  isEnabledFor(level: LogLevel): boolean {
    return isLogged(toLevel(level));
  }

  /**
   * Adds a function that is called for each line. Children do not inherit it.
   *
   * @param handler What to call.
   */
  addHandler(handler: (record: LogRecord) => void): void {
    if (typeof handler !== "function") {
      throw new TypeError(`The handler must be a function, got ${show(handler)}`);
    }
    log.handlers.add(handler);
  }

  /** Removes a function that was added. */
  removeHandler(handler: (record: LogRecord) => void): void {
    log.handlers.delete(handler);
  }

  /** Tells something at any level. */
  log(level: LogLevel, message: string): void {
    writeLog(toLevel(level), message);
  }

  /** Tells something for whoever looks for a fault. */
  debug(message: string): void {
    writeLog(LEVELS.debug, message);
  }

  /** Tells something that is as it should be. */
  info(message: string): void {
    writeLog(LEVELS.info, message);
  }

  /** Tells something that is not as it should be. */
  warning(message: string): void {
    writeLog(LEVELS.warning, message);
  }

  /** Tells that something failed. */
  error(message: string): void {
    writeLog(LEVELS.error, message);
  }

  /** Tells that everything failed. */
  critical(message: string): void {
    writeLog(LEVELS.critical, message);
  }
}

let logger: Logger | null = null;

/**
 * The logger of this library. Python's `get_logger`.
 *
 * It tells nobody anything until there is a handler, or {@linkcode logToStderr} was called.
 *
 * @returns The logger, always the same one.
 *
 * @example
 * ```ts
 * import { getLogger } from "@allcores/multiprocessing";
 *
 * const logger = getLogger();
 * logger.addHandler(({ levelName, message }) => console.log(levelName, message));
 * logger.warning("two cores only"); // WARNING two cores only
 * ```
 */
export function getLogger(): Logger {
  logger ??= new Logger();
  followEnd();
  return logger;
}

/**
 * Lets the log of this process, and of the children that it starts from now on, go to the standard error stream. Python's
 * `log_to_stderr`.
 *
 * @param level The least level that is told; absent: it stays.
 * @returns The logger.
 * @throws {TypeError} when there is no such level.
 *
 * @example
 * ```ts
 * import { logToStderr } from "@allcores/multiprocessing";
 *
 * const logger = logToStderr("error");
 * console.log(logger.isEnabledFor("error"), logger.isEnabledFor("info")); // true false
 * ```
 */
export function logToStderr(level?: LogLevel): Logger {
  const logger = getLogger();
  if (level !== undefined) logger.setLevel(level);
  log.toStderr = true;
  return logger;
}

function toLevel(level: LogLevel): number {
  if (typeof level === "number" && Number.isInteger(level) && level >= 0) return level;
  if (typeof level === "string" && Object.hasOwn(LEVELS, level)) return LEVELS[level];
  throw new TypeError(
    `The level must be a name like "info" or a number like 20, got ${show(level)}`,
  );
}
