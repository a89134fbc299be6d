/**
 * Stand-ins for the helpers of esbuild, and of the tools that compile with it or took its names:
 * tsup, tsx, Vite, Bun.
 *
 * @module
 */
import {
  addResource,
  Await,
  disposeAll,
  driveAsyncGenerator,
  objectRest,
  type Resource,
  runGenerator,
} from "./helper_parts.ts";

type Obj = Record<PropertyKey, unknown>;
type Holder = WeakMap<object, unknown> | WeakSet<object>;

function define<T extends object>(target: T, key: PropertyKey, value: unknown): T {
  return Object.defineProperty(target, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function typeError(message: string): never {
  throw new TypeError(message);
}

function check(holder: Holder, object: object, action: string): void {
  if (!holder.has(object)) typeError(`Cannot ${action}`);
}

/** For `for await`: the async iterator of a value, or one made of its iterator. */
function forAwait(source: AsyncIterable<unknown> | Iterable<unknown>): AsyncIterator<unknown> {
  return (async function* () {
    yield* source;
  })();
}

function* yieldStar(
  source: AsyncIterable<unknown> | Iterable<unknown>,
): Generator<unknown, unknown> {
  const iterator = forAwait(source);
  let sent: unknown;
  for (;;) {
    const step = (yield new Await(iterator.next(sent as undefined))) as IteratorResult<unknown>;
    if (step.done) return step.value;
    sent = yield step.value;
  }
}

function template(cooked: unknown[], raw: unknown[] = cooked.slice()): unknown {
  return Object.freeze(Object.defineProperty(cooked, "raw", { value: Object.freeze(raw) }));
}

/** The helpers by name. */
export const ESBUILD_HELPERS: Readonly<Record<string, unknown>> = {
  __defProp: Object.defineProperty,
  __defNormalProp: define,
  __name: (target: object, value: string) =>
    Object.defineProperty(target, "name", { value, configurable: true }),
  __publicField: (target: object, key: PropertyKey, value: unknown) => define(target, key, value),
  __spreadValues: (target: object, source: object) => {
    for (const key of Reflect.ownKeys(source ?? {})) {
      const { enumerable } = Object.getOwnPropertyDescriptor(source, key) ?? {};
      if (enumerable) define(target, key, (source as Obj)[key]);
    }
    return target;
  },
  __spreadProps: (target: object, source: object) =>
    Object.defineProperties(target, Object.getOwnPropertyDescriptors(source)),
  __objRest: objectRest,
  __pow: Math.pow,
  __template: template,
  __typeError: typeError,
  __accessCheck: (object: object, holder: Holder, action: string) => check(holder, object, action),
  __privateAdd: (object: object, holder: Holder, value: unknown) => {
    if (holder.has(object)) typeError("Cannot add the same private member more than once");
    return holder instanceof WeakSet ? holder.add(object) : holder.set(object, value);
  },
  __privateGet: (object: object, holder: WeakMap<object, unknown>, getter?: () => unknown) => {
    check(holder, object, "read from private field");
    return getter === undefined ? holder.get(object) : getter.call(object);
  },
  __privateSet: (
    object: object,
    holder: WeakMap<object, unknown>,
    value: unknown,
    setter?: (v: unknown) => void,
  ) => {
    check(holder, object, "write to private field");
    if (setter === undefined) holder.set(object, value);
    else setter.call(object, value);
    return value;
  },
  __privateMethod: (object: object, holder: Holder, method: unknown) => {
    check(holder, object, "access private method");
    return method;
  },
  __privateIn: (holder: Holder, object: unknown) =>
    Object(object) === object
      ? holder.has(object as object)
      : typeError('Cannot use the "in" operator on this value'),
  __async: (self: unknown, args: unknown[] | null, body: () => Iterator<unknown>) =>
    runGenerator(self, args ?? [], body),
  __await: Await,
  __asyncGenerator: driveAsyncGenerator,
  __yieldStar: yieldStar,
  __forAwait: forAwait,
  __using: (stack: Resource[], value: unknown, isAsync?: boolean) =>
    addResource(stack, value, isAsync === true),
  __callDispose: (stack: Resource[], error: unknown, hasError: boolean) =>
    disposeAll(stack, { error, hasError }),
};
