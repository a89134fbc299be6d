import workerpool from "workerpool";
import { fileURLToPath } from "node:url";
import type { Subject } from "../types.ts";

/** Workerpool, with threads or with processes. */
export function workerPool(workerType: "thread" | "process"): Subject {
  return {
    open(size) {
      const script = fileURLToPath(new URL("./workerpool_worker.ts", import.meta.url));
      const pool = workerpool.pool(script, {
        minWorkers: size,
        maxWorkers: size,
        workerType,
        // The default, JSON, takes bytes for an object with a key for each.
        forkOpts: { serialization: "advanced" },
      });
      return Promise.resolve({
        call: async (task, value) => await pool.exec(task, [value]),
        close: async () => void await pool.terminate(),
      });
    },
  };
}
