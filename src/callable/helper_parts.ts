/**
 * What the stand-ins for esbuild's and for TypeScript's helpers have in common: async functions and
 * generators, and `using`.
 *
 * @module
 */

/** What a compiled async generator awaits, in contrast to what it yields. */
export interface AwaitMark {
  /** What is awaited. */
  promise: unknown;
}

/** Makes marks, with `new` (esbuild) and without (TypeScript). */
export interface AwaitConstructor {
  /** Makes a mark. */
  new (promise: unknown): AwaitMark;
  /** Makes a mark. */
  (promise: unknown): AwaitMark;
  /** What every mark inherits from. */
  readonly prototype: AwaitMark;
}

function makeMark(this: unknown, promise: unknown): AwaitMark {
  const mark = this instanceof Await ? this : Object.create(Await.prototype) as AwaitMark;
  mark.promise = promise;
  return mark;
}

/** Marks a value that a compiled async generator awaits. */
export const Await: AwaitConstructor = makeMark as unknown as AwaitConstructor;

/**
 * Runs a generator that a compiler made of an async function: what it yields is awaited.
 *
 * @param self The function's `this`.
 * @param args The function's arguments.
 * @param body The generator function.
 * @returns What the function returns.
 */
export function runGenerator(
  self: unknown,
  args: ArrayLike<unknown>,
  body: (...args: unknown[]) => Iterator<unknown>,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const iterator = body.apply(self, Array.from(args)) as Required<Iterator<unknown>>;
    const resume = (method: "next" | "throw", value: unknown): void => {
      try {
        const step = iterator[method](value);
        if (step.done) return resolve(step.value);
        Promise.resolve(step.value).then((v) => resume("next", v), (e) => resume("throw", e));
      } catch (error) {
        reject(error);
      }
    };
    resume("next", undefined);
  });
}

/**
 * Gives what destructuring leaves: `const { a, ...rest } = source`.
 *
 * @param source The object.
 * @param exclude The keys that were taken.
 * @returns A new object with the other own enumerable properties.
 */
export function objectRest(source: object, exclude: readonly PropertyKey[]): object {
  const rest: Record<PropertyKey, unknown> = { ...source };
  for (const key of exclude) delete rest[key];
  return rest;
}

type Resumption = { method: "next" | "throw"; value: unknown };

/**
 * Runs a generator that a compiler made of an async generator.
 *
 * @param self The function's `this`.
 * @param args The function's arguments.
 * @param body The generator function.
 * @returns The async generator.
 */
export async function* driveAsyncGenerator(
  self: unknown,
  args: ArrayLike<unknown> | null | undefined,
  body: (...args: unknown[]) => Iterator<unknown>,
): AsyncGenerator<unknown, unknown> {
  const generator = body.apply(self, Array.from(args ?? [])) as Required<Iterator<unknown>>;
  let next: Resumption = { method: "next", value: undefined };
  for (;;) {
    const step = generator[next.method](next.value);
    if (step.done) return await step.value;
    if (step.value instanceof Await) {
      next = await settle(step.value.promise);
      continue;
    }
    let resumed = false;
    try {
      next = { method: "next", value: yield await step.value };
      resumed = true;
    } catch (error) {
      next = { method: "throw", value: error };
      resumed = true;
    } finally {
      // Left by return(): the generator's own finally blocks must run.
      if (!resumed) generator.return(undefined);
    }
  }
}

async function settle(promise: unknown): Promise<Resumption> {
  try {
    return { method: "next", value: await promise };
  } catch (error) {
    return { method: "throw", value: error };
  }
}

/** Something that a block has to dispose of at its end. */
export interface Resource {
  /** How to dispose of it, if there is anything to do. */
  dispose?: () => unknown;
  /** Whether the block waits for it. */
  isAsync: boolean;
}

/**
 * Notes a value that a block disposes of at its end: `using x = value`.
 *
 * @param stack The block's resources.
 * @param value The value.
 * @param isAsync Whether it was declared by `await using`.
 * @returns The value.
 */
export function addResource(stack: Resource[], value: unknown, isAsync: boolean): unknown {
  if (value === null || value === undefined) {
    if (isAsync) stack.push({ isAsync });
    return value;
  }
  const methods = value as Record<symbol, (() => unknown) | undefined>;
  const own = isAsync ? methods[symbolOf("asyncDispose")] : undefined;
  const method = own ?? methods[symbolOf("dispose")];
  if (typeof method !== "function") throw new TypeError("Object not disposable");
  stack.push({ isAsync, dispose: () => method.call(value) });
  return value;
}

/**
 * The symbol under which this runtime, or what stands in for it there, has a method of disposal.
 */
function symbolOf(name: "dispose" | "asyncDispose"): symbol {
  return (Symbol as unknown as Record<string, symbol | undefined>)[name] ??
    Symbol.for(`Symbol.${name}`);
}

/** How a block ended before its resources were disposed of. */
export interface BlockEnd {
  /** What it threw. */
  error: unknown;
  /** Whether it threw. */
  hasError: boolean;
}

/**
 * Disposes of a block's resources, the last one first.
 *
 * @param stack The block's resources.
 * @param end How the block ended.
 * @returns A promise if there is something to wait for.
 * @throws What the block or a disposal threw.
 */
export function disposeAll(stack: Resource[], end: BlockEnd): void | Promise<void> {
  for (let resource = stack.pop(); resource !== undefined; resource = stack.pop()) {
    try {
      const result = resource.dispose?.();
      if (resource.isAsync) {
        const goOn = (): void | Promise<void> => disposeAll(stack, end);
        return Promise.resolve(result).then(goOn, (error) => {
          fail(end, error);
          return goOn();
        });
      }
    } catch (error) {
      fail(end, error);
    }
  }
  if (end.hasError) throw end.error;
}

function fail(end: BlockEnd, error: unknown): void {
  end.error = end.hasError ? suppressed(error, end.error) : error;
  end.hasError = true;
}

function suppressed(error: unknown, earlier: unknown): Error {
  const combined = new Error("An error was suppressed during disposal");
  return Object.assign(combined, { name: "SuppressedError", error, suppressed: earlier });
}
