/**
 * The functions that compilers put beside a program and that its functions then use:
 * `__name(fn, "x")`.
 *
 * Such a helper is an outer variable that nobody wrote. A function's text that uses one gets it in
 * the other process: TypeScript's from the package `tslib`, those of esbuild and of the tools that
 * compile with it (tsup, tsx, Vite) from here, as no package has them. `tslib` is loaded when a
 * function first needs it. What only the target ES5 needs is refused: see `function_errors.ts`.
 *
 * @module
 */

/** Its own types are for code that compilers check, not for code that they wrote. */
// deno-lint-ignore no-explicit-any
type Tslib = Readonly<Record<string, (...args: any[]) => any>>;
type Body = (...args: unknown[]) => Generator<unknown, unknown>;
type Holder = WeakMap<object, unknown> | WeakSet<object>;

/** What TypeScript puts into functions for the targets ES2015 and newer. */
const TYPESCRIPT: ReadonlySet<string> = new Set(
  `
    __addDisposableResource __asyncDelegator __asyncGenerator __asyncValues __await __awaiter
    __classPrivateFieldGet __classPrivateFieldIn __classPrivateFieldSet __decorate
    __disposeResources __esDecorate __metadata __param __propKey __rest
    __runInitializers __setFunctionName
  `.trim().split(/\s+/),
);

/** What `importHelpers` makes of them in CommonJS modules, also once esbuild has bundled these. */
const WHOLE_TSLIB = /^(tslib_\d+|import_tslib\d*)$/;

/**
 * Counters that coverage tools put into functions: `cov_1a2b().s[0]++`. What they count elsewhere
 * is of no interest.
 */
const COUNTER = /^(cov_\w+|__cov_\w*|__coverage__)$/;

/** esbuild's helpers that stand alone. */
const ESBUILD: Readonly<Record<string, unknown>> = {
  __name: (target: object, value: string) =>
    Object.defineProperty(target, "name", { value, configurable: true }),
  __pow: Math.pow,
  __privateAdd: (object: object, holder: Holder, value: unknown) => {
    if (holder.has(object)) {
      throw new TypeError("Cannot add the same private member more than once");
    }
    return holder instanceof WeakSet ? holder.add(object) : holder.set(object, value);
  },
  __publicField: (target: object, key: PropertyKey, value: unknown) =>
    Object.defineProperties(target, Object.getOwnPropertyDescriptors({ [key]: value })),
  __spreadProps: (target: object, source: object) =>
    Object.defineProperties(target, Object.getOwnPropertyDescriptors(source)),
  __spreadValues: (target: object, source: object) =>
    Object.defineProperties(target, Object.getOwnPropertyDescriptors({ ...source })),
};

/** esbuild's helpers that do what one of TypeScript's does. */
const ESBUILD_BY_TSLIB: Readonly<Record<string, (tslib: Tslib) => unknown>> = {
  __async: (tslib) => (self: unknown, args: unknown, body: Body) =>
    tslib.__awaiter(self, args, Promise, body),
  __asyncGenerator: (tslib) => (self: unknown, args: unknown, body: Body) =>
    tslib.__asyncGenerator(
      self,
      args,
      (...given: unknown[]) => awaitYields(body.apply(self, given), tslib),
    ),
  __callDispose: (tslib) => (stack: unknown[], error: unknown, hasError: boolean) =>
    tslib.__disposeResources({ stack, error, hasError }),
  __forAwait: (tslib) => tslib.__asyncValues,
  __objRest: (tslib) => tslib.__rest,
  __privateGet: (tslib) => privateAccess(tslib).get,
  __privateIn: (tslib) => tslib.__classPrivateFieldIn,
  __privateMethod: (tslib) => (object: object, holder: WeakSet<object>, method: Body) =>
    tslib.__classPrivateFieldGet(object, holder, "m", method),
  __privateSet: (tslib) => privateAccess(tslib).set,
  __privateWrapper: (tslib) => {
    const { get, set } = privateAccess(tslib);
    return (object: object, holder: Holder, setter?: Setter, getter?: Getter) => ({
      set _(value: unknown) {
        set(object, holder, value, setter);
      },
      get _() {
        return get(object, holder, getter);
      },
    });
  },
  __using: (tslib) => (stack: unknown[], value: unknown, isAsync?: boolean) =>
    tslib.__addDisposableResource({ stack }, value, isAsync === true),
  __yieldStar: (tslib) => (source: unknown) => tslib.__asyncDelegator(tslib.__asyncValues(source)),
};

/**
 * Tells whether a name is that of a compiler's helper which other processes have.
 *
 * @param name The name of an outer variable.
 * @returns Whether `loadHelpers()` gives it.
 */
export function isHelper(name: string): boolean {
  if (COUNTER.test(name) || WHOLE_TSLIB.test(name)) return true;
  const own = ownName(name);
  return TYPESCRIPT.has(own) || Object.hasOwn(ESBUILD, own) || Object.hasOwn(ESBUILD_BY_TSLIB, own);
}

/**
 * Gives helpers.
 *
 * @param names The names that a text uses.
 * @returns The functions or objects to use under these names.
 */
export async function loadHelpers(names: readonly string[]): Promise<Record<string, unknown>> {
  const helpers: Record<string, unknown> = {};
  for (const name of names) {
    helpers[name] = COUNTER.test(name)
      ? createCounter()
      : ESBUILD[ownName(name)] ?? await fromTslib(name);
  }
  return helpers;
}

/** A bundle that is bundled again numbers its helpers: `__name2`. */
function ownName(name: string): string {
  return name.replace(/\d+$/, "");
}

async function fromTslib(name: string): Promise<unknown> {
  const tslib = await import("tslib") as unknown as Tslib;
  if (WHOLE_TSLIB.test(name)) return tslib;
  const own = ownName(name);
  return ESBUILD_BY_TSLIB[own]?.(tslib) ?? tslib[own];
}

/**
 * esbuild leaves it to its helper to await what an async generator yields; in TypeScript's code it
 * is awaited already. So each value that is yielded is awaited first, and yielded then.
 */
function awaitYields(inner: Generator<unknown, unknown>, { __await }: Tslib): unknown {
  let isAwaited = false;
  const step = (method: "next" | "throw" | "return") => (value: unknown) => {
    if (isAwaited && method === "next") {
      isAwaited = false;
      return { value, done: false };
    }
    const result = inner[method](value);
    isAwaited = !result.done && !(result.value instanceof __await);
    return isAwaited ? { value: __await(result.value), done: false } : result;
  };
  return { next: step("next"), throw: step("throw"), return: step("return") };
}

type Getter = () => unknown;
type Setter = (value: unknown) => void;

interface PrivateAccess {
  get(object: object, holder: Holder, getter?: Getter): unknown;
  set(object: object, holder: Holder, value: unknown, setter?: Setter): unknown;
}

/** Private fields, and accessors where a function is given. */
function privateAccess(tslib: Tslib): PrivateAccess {
  const { __classPrivateFieldGet: get, __classPrivateFieldSet: set } = tslib;
  return {
    get: (object, holder, getter) => get(object, holder, getter ? "a" : "f", getter),
    set: (object, holder, value, setter) => set(object, holder, value, setter ? "a" : "f", setter),
  };
}

/** Something whose every member is itself, which can be called, and which counts as 0. */
function createCounter(): unknown {
  const counter: unknown = new Proxy(() => undefined, {
    get: (_target, key) => key === Symbol.toPrimitive ? () => 0 : counter,
    set: () => true,
    apply: () => counter,
  });
  return counter;
}
