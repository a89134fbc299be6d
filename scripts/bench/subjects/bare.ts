import { bareProcess, bareThread } from "../bare_children.ts";
import type { Consumer, Echo, Subject, TaskName, Workers } from "../types.ts";
import { type Channel, startProcess, startThread } from "./threads.ts";

/** What a worker is sent. */
export interface Request {
  id?: number;
  task?: TaskName;
  value?: unknown;
  /** Instead of one value. */
  values?: unknown[];
  /** How many numbers to send back, each as a message. */
  numbers?: number;
}

const file = new URL("./bare_worker.ts", import.meta.url);

/** The runtime without a library: a message to a worker and one back, with a promise for each call. */
export function bare(method: "process" | "thread"): Subject {
  const startOne = method === "process" ? bareProcess : bareThread;
  const start = method === "process" ? startProcess : startThread;
  return {
    open: (count) => Promise.resolve(openWorkers(Array.from({ length: count }, () => start(file)))),
    openPipe: () => Promise.resolve(openPipe(start(file))),
    openQueue: () => Promise.resolve(openQueue(start(file))),
    async startChildren(count) {
      await Promise.all(Array.from({ length: count }, startOne));
    },
  };
}

/** Takes the workers in turn. */
function openWorkers(channels: Channel[]): Workers {
  const waiting = new Map<number, (value: unknown) => void>();
  let last = 0;
  for (const channel of channels) {
    channel.onMessage((message) => {
      const { id, value } = message as { id: number; value: unknown };
      waiting.get(id)!(value);
      waiting.delete(id);
    });
  }
  const ask = (request: Request): Promise<unknown> =>
    new Promise((resolve) => {
      waiting.set(++last, resolve);
      channels[last % channels.length].post({ ...request, id: last });
    });
  return {
    call: (task, value) => ask({ task, value }),
    async map(task, values) {
      const size = Math.ceil(values.length / channels.length);
      const parts = channels.map((_, i) => values.slice(i * size, (i + 1) * size));
      const results = await Promise.all(parts.map((part) => ask({ task, values: part })));
      return (results as unknown[][]).flat();
    },
    close: () => stopAll(channels),
  };
}

function openPipe(channel: Channel): Echo {
  const workers = openWorkers([channel]);
  return { value: (value) => workers.call("echo", value), close: workers.close };
}

/** Messages come whether they are asked for or not. */
function openQueue(channel: Channel): Consumer {
  const arrived: unknown[] = [];
  let next = 0;
  let wanted: ((item: unknown) => void) | null = null;
  channel.onMessage((item) => {
    if (wanted === null) return arrived.push(item);
    wanted(item);
    wanted = null;
  });
  return {
    async ask(numbers) {
      channel.post({ numbers });
    },
    async get() {
      if (next < arrived.length) return arrived[next++];
      arrived.length = next = 0;
      return await new Promise((resolve) => wanted = resolve);
    },
    close: () => stopAll([channel]),
  };
}

function stopAll(channels: Channel[]): Promise<void> {
  for (const channel of channels) channel.stop();
  return Promise.resolve();
}
