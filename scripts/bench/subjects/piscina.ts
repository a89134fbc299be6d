import { Piscina } from "piscina";
import type { Subject } from "../types.ts";

/** Piscina, which has threads only. */
export const piscina: Subject = {
  open(size) {
    const filename = new URL("../tasks.ts", import.meta.url).href;
    const pool = new Piscina({ filename, minThreads: size, maxThreads: size });
    return Promise.resolve({
      call: (task, value) => pool.run(value, { name: task }),
      close: () => pool.destroy(),
    });
  },
};
