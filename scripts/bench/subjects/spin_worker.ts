/** Adds one to each number that comes, and never sleeps: see `spin.ts`. */

import { creator } from "./creator.ts";

creator.onMessage((message) => {
  const words = message as Int32Array;
  creator.post("ready");
  for (let turn = 1;; turn++) {
    while (Atomics.load(words, 0) !== turn) if (Atomics.load(words, 0) < 0) return;
    words[2]++;
    Atomics.store(words, 1, turn);
  }
});
