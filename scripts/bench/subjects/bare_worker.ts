/** What a worker of `bare.ts` does with each message: a task, or to send so many numbers. */

import * as tasks from "../tasks.ts";
import { creator } from "./creator.ts";
import type { Request } from "./bare.ts";

const done = tasks as unknown as Record<string, (value: unknown) => unknown>;

creator.onMessage((message) => {
  const { id, task, value, values, numbers = 0 } = message as Request;
  for (let i = 0; i < numbers; i++) creator.post(i);
  if (task !== undefined) creator.post({ id, value: values?.map(done[task]) ?? done[task](value) });
});
