/**
 * Exit codes as Python gives them: a number from 0 to 255, or minus the number of the signal.
 *
 * @module
 */

import type { ExitStatus } from "../runtime/children.ts";

const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
};

/**
 * The exit code of a child.
 *
 * @param status How it ended.
 * @returns Its exit code, or minus the number of the signal that ended it.
 */
export function toExitCode(status: ExitStatus): number {
  // A thread's code may be any number; of a process's only the lowest 8 bits count.
  return status.signal === null ? (status.code ?? 1) & 0xff : -(SIGNALS[status.signal] ?? 1);
}

/**
 * Says how a child ended, for people.
 *
 * @param exitCode The exit code, or minus a signal's number.
 * @returns For example `exit code 3` or `SIGKILL`.
 */
export function describeExit(exitCode: number | null): string {
  const signal = signalName(exitCode);
  return signal ?? `exit code ${exitCode}`;
}

/**
 * The signal behind an exit code.
 *
 * @param exitCode The exit code, or minus a signal's number.
 * @returns For example `SIGKILL`; `null` where no signal ended the child.
 */
export function signalName(exitCode: number | null): string | null {
  if (exitCode === null || exitCode >= 0) return null;
  return Object.keys(SIGNALS).find((name) => SIGNALS[name] === -exitCode) ?? null;
}
