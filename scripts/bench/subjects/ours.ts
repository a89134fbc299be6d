import type { Context, StartMethod } from "../../../mod.ts";
import { answer, burn, echo, increment, produce } from "../tasks.ts";
import type { Consumer, Echo, ManagedDict, Subject } from "../types.ts";

const tasks = { increment, echo, burn };

/**
 * This library.
 *
 * @param method How it starts workers.
 * @param library Where it is: the sources for Deno, or the built package.
 */
export async function ours(method: StartMethod, library: string): Promise<Subject> {
  const { getContext }: typeof import("../../../mod.ts") = await import(library);
  const context = getContext(method);
  const { Pool } = context;
  return {
    open(size) {
      const pool = new Pool(size);
      return Promise.resolve({
        call: (task, value) => pool.apply(tasks[task] as (value: unknown) => unknown, [value]),
        map: (task, values) => pool.map(tasks[task] as (value: unknown) => unknown, values),
        close: () => pool.terminate(),
      });
    },
    openDict: () => openDict(context),
    startChildren: (count) => startChildren(context, count),
    openQueue: () => openQueue(context),
    openPipe: (room) => openPipe(context, room),
    openBacklog: () => new context.Queue<number>(),
    openLock: () => new context.Lock(),
    startTrace: () => {
      const recording = context.trace();
      return () => recording.stop();
    },
  };
}

async function openDict(context: Context): Promise<ManagedDict> {
  const manager = await context.Manager();
  const dict = await manager.dict({ key: 1 });
  return { get: () => dict.get("key"), close: () => manager.shutdown() };
}

async function startChildren({ Process }: Context, count: number): Promise<void> {
  const children = Array.from({ length: count }, () => new Process({ target: () => {} }));
  for (const child of children) await child.start();
  for (const child of children) await child.join();
}

async function openPipe(context: Context, room?: number): Promise<Echo> {
  const [here, there] = context.Pipe();
  const child = new context.Process({ target: answer, args: [there, room], daemon: true });
  await child.start();
  return {
    async value(value) {
      await here.send(value);
      return await here.recv();
    },
    async bytes(bytes, room) {
      const sent = here.sendBytes(bytes);
      const back = room === null
        ? await here.recvBytes()
        : room.subarray(0, await here.recvBytesInto(room));
      await sent;
      return back;
    },
    async close() {
      here.close();
      await child.join();
    },
  };
}

async function openQueue({ Process, Queue }: Context): Promise<Consumer> {
  const asked = new Queue<number>();
  const items = new Queue<number>();
  const child = new Process({ target: produce, args: [asked, items], daemon: true });
  await child.start();
  return {
    ask: (count) => asked.put(count),
    get: () => items.get(),
    async close() {
      child.terminate();
      await child.join();
    },
  };
}
