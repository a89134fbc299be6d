/**
 * Arguments as people are shown them: short, and without running anything of theirs.
 *
 * @module
 */

/** How many characters there are at most, about. */
const LONGEST = 120;
/** Of a text within. */
const LONGEST_TEXT = 40;
/** Items of a list and fields of an object within. */
const MOST_ITEMS = 3;
/** How deep it is looked into objects. */
const DEPTH = 2;

/**
 * Describes arguments.
 *
 * @param values The arguments, which have come from elsewhere.
 * @returns For example `1, "a text", { width: 3, … }`.
 */
export function argumentText(values: readonly unknown[]): string {
  let text = "";
  try {
    for (let i = 0; i < values.length; i++) {
      if (text.length > LONGEST) return `${cut(text, LONGEST)}, … ${values.length - i} more`;
      text += (i === 0 ? "" : ", ") + describe(values[i], DEPTH);
    }
  } catch {
    // An instance of a class may have anything behind its fields.
    return "…";
  }
  return cut(text, LONGEST);
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function describe(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(cut(value, LONGEST_TEXT));
    case "bigint":
      return `${value}n`;
    case "function":
      return `function ${value.name}`;
    case "object":
      return value === null ? "null" : describeObject(value, depth);
    default:
      return Object.is(value, -0) ? "-0" : String(value);
  }
}

function describeObject(value: object, depth: number): string {
  if (Array.isArray(value)) return describeList(value, depth);
  const name = value.constructor?.name ?? "";
  if (ArrayBuffer.isView(value)) return `${name}(${value.byteLength} bytes)`;
  if (value instanceof Map || value instanceof Set) return `${name}(${value.size})`;
  if (value instanceof Date || value instanceof RegExp) return cut(String(value), LONGEST_TEXT);
  if (value instanceof Error) return `${name}(${describe(value.message, 0)})`;
  const title = name === "Object" || name === "" ? "" : `${name} `;
  if (depth === 0) return `${title}{…}`;
  const keys = Object.keys(value);
  const shown = keys.slice(0, MOST_ITEMS)
    .map((key) => `${cut(key, LONGEST_TEXT)}: ${describe((value as never)[key], depth - 1)}`);
  return `${title}${enclose("{ ", shown, keys.length, " }")}`;
}

function describeList(items: readonly unknown[], depth: number): string {
  if (depth === 0) return `Array(${items.length})`;
  const shown = items.slice(0, MOST_ITEMS).map((item) => describe(item, depth - 1));
  return enclose("[", shown, items.length, "]");
}

function enclose(open: string, shown: string[], all: number, close: string): string {
  if (all === 0) return `${open.trim()}${close.trim()}`;
  return `${open}${shown.join(", ")}${all > shown.length ? ", …" : ""}${close}`;
}
