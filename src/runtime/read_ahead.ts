/**
 * What a child process writes, read before anybody asks for it.
 *
 * @module
 */

/**
 * Reads a child's stream on, whether or not anybody takes what was read: a child that writes must not wait for its creator, who
 * may wait for the child's end.
 *
 * @param stream What comes from the child.
 * @returns The same, kept in memory until it is taken.
 */
export function readAhead(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  const pump = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      controller.enqueue(value);
    }
  };
  return new ReadableStream<Uint8Array>({
    // It is closed as well where its reader has given it up.
    start: (controller) => void pump(controller).catch((error) => controller.error(error)),
    cancel: (reason) => reader.cancel(reason),
  });
}
