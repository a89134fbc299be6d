/**
 * What a child says of an error that nobody caught.
 *
 * @module
 */

import { runtime } from "../runtime/current.ts";

/**
 * The line in front of such a report.
 *
 * @param name The child's name.
 * @returns The line, without its end.
 */
export function reportHead(name: string): string {
  return `Process ${name}:`;
}

/**
 * Prints an error that nobody caught.
 *
 * @param name The child's name.
 * @param error The error.
 */
export function reportUncaught(name: string, error: unknown): void {
  reportProblem(name, describeUncaught(error));
}

/**
 * Prints what is wrong with a child.
 *
 * @param name The child's name.
 * @param text What is wrong.
 */
export function reportProblem(name: string, text: string): void {
  runtime.writeError(`${reportHead(name)}\n${text}\n`);
}

/**
 * What there is to say of an error that nobody caught. What was thrown may have traps and getters that throw, too.
 *
 * @param error The error.
 * @returns Its stack and its causes; for what is no error, its text.
 */
export function describeUncaught(error: unknown): string {
  try {
    return error instanceof Error ? describeError(error) : `Uncaught ${textOf(error)}`;
  } catch {
    return "Uncaught value that cannot be shown";
  }
}

function describeError(error: Error): string {
  const stack = error.stack ?? "";
  const headed = stack.includes(error.message) && stack !== ""
    ? stack
    : `${error}\n${stack}`.trimEnd();
  return error.cause === undefined
    ? headed
    : `${headed}\nCaused by: ${describeUncaught(error.cause)}`;
}

/** Objects are thrown for what is in them. */
function textOf(thrown: unknown): string {
  const text = String(thrown);
  return text === "[object Object]" ? JSON.stringify(thrown) : text;
}
