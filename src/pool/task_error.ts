/**
 * The errors of tasks, as their callers see them.
 *
 * @module
 */

import { fromFailure, rememberFirstUse } from "../domain/failure.ts";
import { setItemIndex } from "./item_error.ts";
import { Request, type TaskFailure } from "./protocol.ts";
import type { Task } from "./task.ts";

/**
 * Makes the error of a failed task.
 *
 * @param task The task.
 * @param failure What its worker sent.
 * @returns The thrown value; an error of a map carries `itemIndex`.
 */
export function taskError(task: Task, failure: TaskFailure): unknown {
  const error = fromFailure(failure);
  rememberFirstUse(error, task.job.fn.site);
  if (task.kind !== Request.call && error instanceof Error) {
    setItemIndex(error, task.first + failure.index);
  }
  return error;
}
