/**
 * The program that a new object belongs to.
 *
 * @module
 */

import type { BoundClass } from "../start_method/bound_class.ts";
import { getStartMethod } from "../start_method/start_method.ts";
import { type Program, programOf } from "./program.ts";

/**
 * The program of a new object.
 *
 * @param target The class, as `new.target` gives it.
 * @returns The program of the start method that it is bound to, else of the program's default.
 */
export function programFor(target: BoundClass): Program {
  return programOf(target.startMethod ?? getStartMethod());
}
