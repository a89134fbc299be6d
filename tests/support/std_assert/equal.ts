/** The deep comparison behind `assertEquals`; `mod.ts` lists what it judges and how. */

type Keyed = Set<unknown> | Map<unknown, unknown>;
type Pairs = Map<object, object>;

/** Whether two values are deeply equal, as `@std/assert` sees it. */
export function equal(a: unknown, b: unknown): boolean {
  return compare(a, b, new Map());
}

function compare(a: unknown, b: unknown, seen: Pairs): boolean {
  if (typeof a === "number" && typeof b === "number") {
    return a === b || (Number.isNaN(a) && Number.isNaN(b));
  }
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  return compareObjects(a, b, seen);
}

function compareObjects(a: object, b: object, seen: Pairs): boolean {
  const leaf = compareLeaves(a, b);
  if (leaf !== undefined) return leaf;
  if (!sameConstructor(a, b)) return false;
  if (isWeak(a)) throw new TypeError(`Cannot compare ${a.constructor.name} instances`);
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (ArrayBuffer.isView(a)) return compareBytes(a, b as ArrayBufferView);
  if (Object.keys(a).length !== Object.keys(b).length) return false;
  if (isKeyed(a)) return compareKeyed(a, b as Keyed, seen);
  return compareProperties(a, b, seen);
}

/** Values whose text or time says all; `undefined` when the two are none of these. */
function compareLeaves(a: object, b: object): boolean | undefined {
  if (a instanceof RegExp && b instanceof RegExp) return String(a) === String(b);
  if (a instanceof URL && b instanceof URL) return String(a) === String(b);
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  return undefined;
}

function sameConstructor(a: object, b: object): boolean {
  return (a.constructor ?? Object) === (b.constructor ?? Object);
}

function isWeak(value: object): boolean {
  return value instanceof WeakMap || value instanceof WeakSet;
}

function isKeyed(value: object): value is Keyed {
  return value instanceof Set || value instanceof Map;
}

function compareBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  if (a.byteLength !== b.byteLength) return false;
  if (a instanceof DataView) return sameItems(bytesOf(a), bytesOf(b));
  return sameItems(a as unknown as ArrayLike<unknown>, b as unknown as ArrayLike<unknown>);
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function sameItems(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i] && !(Number.isNaN(a[i]) && Number.isNaN(b[i]))) return false;
  }
  return true;
}

/** Every entry of `a` needs an entry of `b` of its own; the quick way is for keys that are found by identity. */
function compareKeyed(a: Keyed, b: Keyed, seen: Pairs): boolean {
  if (a.size !== b.size) return false;
  const rest = new Set<[unknown, unknown]>(b.entries());
  for (const [key, value] of a.entries()) {
    if (typeof key !== "object" && a instanceof Map && b instanceof Map) {
      if (!b.has(key) || !compare(value, b.get(key), seen)) return false;
      continue;
    }
    if (typeof key !== "object" && b.has(key)) continue;
    const match = findEntry(rest, key, value, seen);
    if (match === undefined) return false;
    rest.delete(match);
  }
  return true;
}

function findEntry(
  entries: Set<[unknown, unknown]>,
  key: unknown,
  value: unknown,
  seen: Pairs,
): [unknown, unknown] | undefined {
  for (const entry of entries) {
    if (compare(key, entry[0], new Map(seen)) && compare(value, entry[1], new Map(seen))) {
      return entry;
    }
  }
  return undefined;
}

function compareProperties(a: object, b: object, seen: Pairs): boolean {
  const keys = new Set([...enumerableKeys(a), ...enumerableKeys(b)]);
  for (const key of keys) {
    if ((key in a) !== (key in b)) return false;
    if (!compare(Reflect.get(a, key), Reflect.get(b, key), seen)) return false;
  }
  return true;
}

function enumerableKeys(value: object): PropertyKey[] {
  const keys = Reflect.ownKeys(value);
  return keys.filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
}
