/**
 * What the workers of the other libraries do. This library is given the functions themselves.
 *
 * @module
 */

export function increment(x: number): number {
  return x + 1;
}

export function echo<T>(value: T): T {
  return value;
}

/** Computes for some milliseconds; what it gives depends on every step. */
export function burn(rounds: number): number {
  let state = rounds | 1;
  for (let i = 0; i < rounds; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
  return state;
}

/** Puts as many numbers into a queue as another one asks for, again and again. */
export async function produce(asked: Channel, items: Channel): Promise<void> {
  for (;;) {
    const count = await asked.get() as number;
    for (let i = 0; i < count; i++) await items.put(i);
  }
}

/** Sends back all that comes through a pipe, bytes as bytes. */
export async function answer(pipe: End, room?: number): Promise<void> {
  if (room !== undefined) return await answerFrom(pipe, new Uint8Array(room).fill(1));
  for await (const message of pipe) {
    if (message instanceof Uint8Array) await pipe.sendBytes(message);
    else await pipe.send(message);
  }
}

/** The same with bytes only, until the other end is closed. */
async function answerFrom(pipe: End, room: Uint8Array): Promise<void> {
  try {
    for (;;) await pipe.sendBytes(room.subarray(0, await pipe.recvBytesInto(room)));
  } catch (error) {
    if ((error as Error).name !== "EOFError") throw error;
  }
}

/** What an end of a pipe does here. */
interface End extends AsyncIterable<unknown> {
  send(value: unknown): Promise<void>;
  sendBytes(bytes: Uint8Array): Promise<void>;
  recvBytesInto(room: Uint8Array): Promise<number>;
}

/** What a queue does here. */
interface Channel {
  put(item: unknown): Promise<void>;
  get(): Promise<unknown>;
}
