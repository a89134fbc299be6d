/**
 * Checks of arguments: the conventions of all public calls.
 *
 * @module
 */

/** How long a call may wait. */
export interface WaitOptions {
  /** The longest wait in milliseconds; absent: for ever; 0 or less: one try. */
  timeout?: number;
  /** Ends the wait when it is aborted: the call rejects with its reason. */
  signal?: AbortSignal;
}

/**
 * Checks the options of a wait.
 *
 * @param options The options, as the user gave them.
 * @throws {TypeError} when `timeout` is no number or `signal` is no `AbortSignal`.
 */
export function checkWaitOptions(options: WaitOptions | undefined): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null) {
    throw new TypeError(
      `Cannot wait: expected options like { timeout: 1000 }, got ${show(options)}`,
    );
  }
  const { timeout, signal } = options;
  if (timeout !== undefined) checkTimeout("timeout", timeout);
  if (signal !== undefined) checkSignal("signal", signal);
}

/** Checks how long a wait may take. */
export function checkTimeout(name: string, value: unknown): void {
  if (typeof value === "number" && !Number.isNaN(value)) return;
  throw new TypeError(
    `Cannot wait: "${name}" must be a number of milliseconds, got ${show(value)}`,
  );
}

/** Checks what ends a wait. */
export function checkSignal(name: string, value: unknown): void {
  if (value instanceof AbortSignal) return;
  throw new TypeError(`Cannot wait: "${name}" must be an AbortSignal, got ${show(value)}`);
}

/**
 * Checks an object of options.
 *
 * @param what What they are for, for the error: `a queue`.
 * @param options The options, as the user gave them; `undefined` where they may be left out.
 * @param known The names of those there are.
 * @param example What they look like.
 * @throws {TypeError} when it is no object, or has something that is no option.
 */
export function checkOptions(
  what: string,
  options: unknown,
  known: readonly string[],
  example: string,
): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`${what} takes options like ${example}, got ${show(options)}`);
  }
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new TypeError(`${what} has no option "${unknown}"; there are: ${known.join(", ")}`);
}

/**
 * Checks a number that counts something.
 *
 * @param what What it is, for the error.
 * @param value The value, as the user gave it.
 * @param least The smallest value allowed.
 * @returns The value.
 * @throws {TypeError} when it is no number.
 * @throws {RangeError} when it is no whole number, or too small.
 */
export function checkCount(what: string, value: unknown, least: number): number {
  if (typeof value !== "number") {
    throw new TypeError(`"${what}" must be a number, got ${show(value)}`);
  }
  if (Number.isInteger(value) && value > Number.MAX_SAFE_INTEGER) {
    throw new RangeError(`"${what}" must be at most ${Number.MAX_SAFE_INTEGER}, got ${value}`);
  }
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`"${what}" must be a whole number of at least ${least}, got ${value}`);
  }
  return value;
}

/**
 * Checks the options of a queue.
 *
 * @param options The options, as the user gave them.
 * @returns How many items it may hold; 0: any number, as what is below 0 is in Python, too.
 * @throws {TypeError} when there is no such option, or it is no number.
 * @throws {RangeError} when it is no whole number.
 */
export function checkMaxSize(options: { maxSize?: number } | undefined): number {
  checkOptions("A queue", options, ["maxSize"], "{ maxSize: 10 }");
  return Math.max(0, checkCount("maxSize", options?.maxSize ?? 0, Number.MIN_SAFE_INTEGER));
}

/**
 * Checks the options of a queue's `shutdown()`.
 *
 * @param options The options, as the user gave them.
 * @returns Whether what is there is dropped.
 * @throws {TypeError} when they are none.
 */
export function checkShutdown(options: { immediate?: boolean } | undefined): boolean {
  checkOptions("A shutdown", options, ["immediate"], "{ immediate: true }");
  const { immediate = false } = options ?? {};
  if (typeof immediate === "boolean") return immediate;
  throw new TypeError(`"immediate" must be true or false, got ${show(immediate)}`);
}

/**
 * Checks a function that this process calls itself.
 *
 * @param what What it is, for the error.
 * @param value The value, as the user gave it.
 * @throws {TypeError} when it is given and no function.
 */
export function checkFunction(what: string, value: unknown): void {
  if (value !== undefined && typeof value !== "function") {
    throw new TypeError(`"${what}" must be a function, got ${show(value)}`);
  }
}

/**
 * Shows a value in an error's message.
 *
 * @param value Any value.
 * @returns A short text.
 */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return `function ${value.name || "(anonymous)"}`;
  if (typeof value === "object" && value !== null) {
    return `an object of class ${value.constructor?.name ?? "Object"}`;
  }
  return String(value);
}
