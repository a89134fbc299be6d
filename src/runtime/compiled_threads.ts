/**
 * Threads of programs that are compiled to one executable.
 *
 * @module
 */

import { NotSupportedError } from "../errors.ts";

/**
 * Says that there are none.
 *
 * @param remedy What makes them possible, where something does.
 * @returns The error.
 */
export function noCompiledThreads(remedy: string = ""): NotSupportedError {
  return new NotSupportedError(
    "A program that is compiled to one executable has no module that a thread could start with: " +
      `${remedy}use the start method "process"`,
  );
}
