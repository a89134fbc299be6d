/**
 * Stand-ins for the helpers of TypeScript's compiler (of `tslib`, or written into each file), for
 * targets as old as ES5.
 *
 * @module
 */
import { runEs5Generator } from "./es5_generator.ts";
import {
  addResource,
  Await,
  type BlockEnd,
  disposeAll,
  driveAsyncGenerator,
  objectRest,
  type Resource,
  runGenerator,
} from "./helper_parts.ts";

type Accessor = ((...args: unknown[]) => unknown) | undefined;
type Holder = WeakMap<object, unknown> | WeakSet<object>;
type Holding = { has: (value: object) => boolean };

function values(source: Iterable<unknown> | ArrayLike<unknown>): Iterator<unknown> {
  if (Symbol.iterator in source) return source[Symbol.iterator]();
  return Array.from(source)[Symbol.iterator]();
}

/** The first items of an iterable, as destructuring wants them. */
function read(source: Iterable<unknown>, count: number = Infinity): unknown[] {
  const items: unknown[] = [];
  if (count <= 0) return items;
  for (const item of source) {
    items.push(item);
    if (items.length >= count) break;
  }
  return items;
}

async function* asyncValues(
  source: AsyncIterable<unknown> | Iterable<unknown>,
): AsyncGenerator<unknown> {
  yield* source;
}

/** `yield*` of an async generator: TypeScript awaits what this gives, and yields what that says. */
function* asyncDelegator(source: AsyncIterable<unknown>): Generator<unknown, unknown> {
  const iterator = source[Symbol.asyncIterator]();
  for (;;) {
    const step = (yield Await(iterator.next())) as IteratorResult<unknown>;
    if (step.done) return step.value;
    yield step.value;
  }
}

function makeTemplateObject(cooked: unknown[], raw: unknown[]): unknown[] {
  return Object.freeze(Object.defineProperty(cooked, "raw", { value: raw })) as unknown[];
}

/**
 * Checks access to a private member: `holder` is the class itself for static ones, else a weak
 * collection.
 */
function checkPrivate(self: object, holder: Holder | object): void {
  const isKnown = "has" in holder ? (holder as Holding).has(self) : holder === self;
  if (!isKnown) {
    throw new TypeError(
      "Cannot access a private member of an object whose class did not declare it",
    );
  }
}

function privateGet(
  self: object,
  holder: Holder | object,
  kind: string,
  member: Accessor,
): unknown {
  checkPrivate(self, holder);
  if (kind === "m") return member;
  if (kind === "a") return member?.call(self);
  return member === undefined
    ? (holder as WeakMap<object, unknown>).get(self)
    : (member as unknown as { value: unknown }).value;
}

function privateSet(
  self: object,
  holder: Holder | object,
  value: unknown,
  kind: string,
  member: Accessor,
): unknown {
  checkPrivate(self, holder);
  if (kind === "a") member?.call(self, value);
  else if (member !== undefined) (member as unknown as { value: unknown }).value = value;
  else (holder as WeakMap<object, unknown>).set(self, value);
  return value;
}

function extendClass(derived: { prototype: object }, base: { prototype: object } | null): void {
  if (base !== null) Object.setPrototypeOf(derived, base);
  derived.prototype = Object.create(base?.prototype ?? null, {
    constructor: { value: derived, writable: true, configurable: true },
  });
}

/** The helpers by name. */
export const TSLIB_HELPERS: Readonly<Record<string, unknown>> = {
  __awaiter: (
    self: unknown,
    args: unknown[] | undefined,
    _class: unknown,
    body: () => Iterator<unknown>,
  ) => runGenerator(self, args ?? [], body),
  __generator: runEs5Generator,
  __assign: Object.assign,
  __rest: objectRest,
  __values: values,
  __read: read,
  __spreadArray: (to: unknown[], from: ArrayLike<unknown>) => to.concat(Array.from(from)),
  __asyncValues: asyncValues,
  __asyncDelegator: asyncDelegator,
  __await: Await,
  __asyncGenerator: driveAsyncGenerator,
  __makeTemplateObject: makeTemplateObject,
  __extends: extendClass,
  __classPrivateFieldGet: privateGet,
  __classPrivateFieldSet: privateSet,
  __classPrivateFieldIn: (holder: Holder | object, value: object) =>
    "has" in holder ? (holder as Holding).has(value) : holder === value,
  __propKey: (key: unknown) => typeof key === "symbol" ? key : `${key}`,
  __setFunctionName: (fn: object, name: string | symbol, prefix?: string) => {
    const text = typeof name === "symbol" ? `[${name.description ?? ""}]` : name;
    return Object.defineProperty(fn, "name", {
      value: prefix ? `${prefix} ${text}` : text,
      configurable: true,
    });
  },
  __addDisposableResource: (env: { stack: Resource[] }, value: unknown, isAsync: boolean) =>
    addResource(env.stack, value, isAsync),
  __disposeResources: (env: { stack: Resource[] } & BlockEnd) => disposeAll(env.stack, env),
};
