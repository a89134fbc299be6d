import { fileURLToPath } from "node:url";
import { FixedThreadPool } from "poolifier";
import type { Subject } from "../types.ts";

/** Poolifier, with threads. */
export const poolifier: Subject = {
  open(size) {
    const script = fileURLToPath(new URL("./poolifier_worker.ts", import.meta.url));
    const pool = new FixedThreadPool<unknown, unknown>(size, script);
    // Its calls do not keep the program alive.
    const hold = setInterval(() => {}, 60_000);
    return Promise.resolve({
      call: (task, value) => pool.execute(value, task),
      // Its `destroy()` does not always come to an end; the program does.
      close: () => {
        clearInterval(hold);
        void pool.destroy();
        return Promise.resolve();
      },
    });
  },
};
