/**
 * One value, one text, on every runtime: JSON as far as it goes, and short notations for what JSON loses
 * (`-0`, `NaN`, `12n`, `undefined`, `Map {…}`, `Uint8Array [1, 2]`, `TypeError: text`, `<cycle>`).
 *
 * Plain objects are written with their keys in their own order: that order is part of what has to be alike.
 *
 * @module
 */

/** Writes a value on one line. */
export function stableText(value: unknown): string {
  return write(value, []);
}

function write(value: unknown, above: object[]): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `<function ${value.name}>`;
  if (typeof value !== "object" || value === null) return String(value);
  if (above.includes(value)) return "<cycle>";
  return writeObject(value, [...above, value]);
}

function writeObject(value: object, above: object[]): string {
  if (Array.isArray(value)) return writeArray(value, above);
  if (value instanceof Error) return writeError(value, above);
  if (value instanceof Date) return `Date ${Number.isNaN(+value) ? "NaN" : value.toISOString()}`;
  if (value instanceof RegExp || value instanceof URL) return `${nameOf(value)} ${value}`;
  if (value instanceof Map) return `Map {${pairs([...value], above)}}`;
  if (value instanceof Set) return `Set ${writeArray([...value], above)}`;
  if (ArrayBuffer.isView(value) || isBuffer(value)) return `${nameOf(value)} ${bytes(value)}`;
  if (isBoxed(value)) return `${nameOf(value)} ${write(value.valueOf(), above)}`;
  return writeFields(value, above);
}

/** Item by item, so that a hole is told from `undefined`. */
function writeArray(items: unknown[], above: object[]): string {
  const texts: string[] = [];
  for (let i = 0; i < items.length; i++) {
    texts.push(i in items ? write(items[i], above) : "<hole>");
  }
  return `[${texts.join(", ")}]`;
}

/** Name, message, cause, inner errors and own fields; not the stack, which no two runtimes write alike. */
function writeError(error: Error, above: object[]): string {
  const fields = Object.entries(error).filter(([key]) => !["name", "stack"].includes(key));
  const inner = ["cause", "errors"]
    .filter((key) => Object.hasOwn(error, key) && !fields.some(([name]) => name === key))
    .map((key): [string, unknown] => [key, Reflect.get(error, key)]);
  const all = [...fields.filter(([key]) => key !== "message"), ...inner];
  const text = `${error.name}: ${JSON.stringify(error.message)}`;
  return all.length > 0 ? `${text} {${pairs(all, above)}}` : text;
}

function writeFields(value: object, above: object[]): string {
  const keys = Reflect.ownKeys(value).filter((key) => isEnumerable(value, key));
  const body = pairs(keys.map((key) => [key, Reflect.get(value, key)]), above);
  const name = nameOf(value);
  return name === "Object" ? `{${body}}` : `${name} {${body}}`;
}

function pairs(entries: [unknown, unknown][], above: object[]): string {
  return entries.map(([key, value]) => `${write(key, above)}: ${write(value, above)}`).join(", ");
}

function bytes(value: ArrayBufferView | ArrayBufferLike): string {
  if (!ArrayBuffer.isView(value)) return write([...new Uint8Array(value)], []);
  if (!(value instanceof DataView)) return write([...(value as unknown as Iterable<number>)], []);
  return write([...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)], []);
}

function isBuffer(value: object): value is ArrayBufferLike {
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

function isBoxed(value: object): boolean {
  return [Number, String, Boolean, BigInt, Symbol].some((type) => value instanceof type);
}

function isEnumerable(value: object, key: PropertyKey): boolean {
  return Object.prototype.propertyIsEnumerable.call(value, key);
}

function nameOf(value: object): string {
  return value.constructor?.name ?? "Object";
}
