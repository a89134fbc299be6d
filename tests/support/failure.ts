/** How calls fail, as texts that tests can compare. */

/** What a promise rejects with: its name and message. */
export async function failure(promise: PromiseLike<unknown>): Promise<string> {
  return await promise.then(
    (value) => `no error: ${String(value)}`,
    (error: Error) => `${error.name}: ${error.message}`,
  );
}
