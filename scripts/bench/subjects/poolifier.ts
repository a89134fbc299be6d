import { fileURLToPath } from "node:url";
import { FixedThreadPool } from "poolifier";
import type { Subject } from "../types.ts";

/** Poolifier, with threads. */
export const poolifier: Subject = {
  open(size) {
    const script = fileURLToPath(new URL("./poolifier_worker.ts", import.meta.url));
    const pool = new FixedThreadPool<unknown, unknown>(size, script);
    return Promise.resolve({
      call: (task, value) => pool.execute(value, task),
      close: () => pool.destroy(),
    });
  },
};
