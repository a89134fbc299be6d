import type { Subject } from "../types.ts";
import { startThread } from "./threads.ts";

const file = new URL("./spin_worker.ts", import.meta.url);

/**
 * What the hardware can do: two threads that write to shared words and read them all the time, and never sleep. Whoever
 * asks waits in `await` as for any other call.
 */
export const spin: Subject = {
  async open() {
    const { call, close } = await openCalls();
    return { call: (_task, value) => call(value as number), close };
  },
  async openPipe() {
    const { call, close } = await openCalls();
    return { value: (value) => call(value as number), close };
  },
};

/** The words: the number of the call that was asked, of the one that was answered, and the value. */
async function openCalls() {
  const words = new Int32Array(new SharedArrayBuffer(12));
  const worker = startThread(file);
  await new Promise<unknown>((resolve) => {
    worker.onMessage(resolve);
    worker.post(words);
  });
  let turn = 0;
  return {
    async call(value: number): Promise<number> {
      words[2] = value;
      Atomics.store(words, 0, ++turn);
      while (Atomics.load(words, 1) !== turn);
      return words[2];
    },
    close(): Promise<void> {
      Atomics.store(words, 0, -1);
      return Promise.resolve();
    },
  };
}
