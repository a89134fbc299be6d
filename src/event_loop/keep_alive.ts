/**
 * Keeping the event loop alive while something is waited for that does not do so by itself.
 *
 * @module
 */

/** The delay (ms) of a timer that only keeps the event loop alive. Those with a delay of 2^31 and more fire at once. */
const FOREVER = 2 ** 30;

/** Keeps the event loop alive, or does not. */
export class KeepAlive {
  #timer: ReturnType<typeof setInterval> | null = null;

  /** Says whether there is something to stay alive for. */
  set(alive: boolean): void {
    if (alive === (this.#timer !== null)) return;
    if (alive) {
      this.#timer = setInterval(() => {}, FOREVER);
    } else {
      clearInterval(this.#timer!);
      this.#timer = null;
    }
  }
}

/**
 * Keeps the event loop alive while something is waited for: a program that waits for a daemon, say, must not end over it.
 *
 * @param wait What is waited for.
 * @returns What it gives.
 */
export async function holding<T>(wait: Promise<T>): Promise<T> {
  const keepAlive = new KeepAlive();
  keepAlive.set(true);
  try {
    return await wait;
  } finally {
    keepAlive.set(false);
  }
}
