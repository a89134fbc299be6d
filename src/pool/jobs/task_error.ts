/**
 * The errors of tasks, as their callers see them.
 *
 * @module
 */

import { fromFailure, rememberFirstUse } from "../../messages/failure.ts";
import { setItemIndex } from "./item_error.ts";
import { Request, type TaskFailure } from "../protocol/records.ts";
import type { Task } from "./task.ts";

/**
 * Says of which item the error of a task is that ended without an answer.
 *
 * @param task The task.
 * @param error Its error.
 * @param position The position of the item in the task.
 * @returns The error; one of a map carries `itemIndex`.
 */
export function errorAtItem<E extends Error>(task: Task, error: E, position: number): E {
  if (task.kind !== Request.call) setItemIndex(error, task.first + position);
  return error;
}

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
