/**
 * How a process shows itself.
 *
 * @module
 */

import { signalName } from "./exit_status.ts";

/** What is shown. */
export interface ShownProcess {
  /** The name of its class. */
  readonly className: string;
  readonly name: string;
  /** Its process id, where it is a child that exists or has existed. */
  readonly pid: number | null;
  /** The process id of its creator, where it has one. */
  readonly parent: number | undefined;
  readonly state: "initial" | "started" | "closed";
  readonly exitCode: number | null;
  readonly daemon: boolean;
}

/**
 * Shows a process in Python's form.
 *
 * @param shown The process.
 * @returns The text.
 */
export function showProcess(shown: ShownProcess): string {
  const { className, name, pid, parent, daemon } = shown;
  const parts = [
    className,
    `name='${name}'`,
    ...(pid === null ? [] : [`pid=${pid}`]),
    ...(parent === undefined ? [] : [`parent=${parent}`]),
    statusOf(shown),
    ...(daemon ? ["daemon"] : []),
  ];
  return `<${parts.join(" ")}>`;
}

function statusOf({ state, exitCode }: ShownProcess): string {
  if (state !== "started" || exitCode === null) return state;
  const signal = signalName(exitCode);
  return `stopped exitcode=${signal === null ? exitCode : `-${signal}`}`;
}

/**
 * Lets the consoles of the runtimes show the same text as `toString()`.
 *
 * @param prototype The prototype of what is shown.
 */
export function showInConsoles(prototype: object): void {
  Object.defineProperty(prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value(this: object): string {
      return this.toString();
    },
    configurable: true,
    writable: true,
  });
}
