import { Tinypool } from "tinypool";
import type { Subject } from "../types.ts";

/** Tinypool, with threads or with processes. */
export function tinypool(runtime: "worker_threads" | "child_process"): Subject {
  return {
    open(size) {
      const filename = new URL("../tasks.ts", import.meta.url).href;
      const pool = new Tinypool({ filename, runtime, minThreads: size, maxThreads: size });
      return Promise.resolve({
        call: (task, value) => pool.run(value, { name: task }),
        close: () => pool.destroy(),
      });
    },
  };
}
