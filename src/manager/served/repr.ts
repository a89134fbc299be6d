/**
 * Values as text, for people, alike on every runtime.
 *
 * @module
 */

import { BaseProxy } from "../wire/proxy.ts";

/** How deep containers inside each other are shown. */
const DEEPEST = 6;

/**
 * Shows a value. Python's `repr`, in the words of JavaScript.
 *
 * @param value Any value.
 * @returns The text.
 */
export function repr(value: unknown): string {
  return show(value, []);
}

function show(value: unknown, above: readonly unknown[]): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof BaseProxy) return String(value);
  if (above.includes(value) || above.length > DEEPEST) return "…";
  return showObject(value, [...above, value]);
}

function showObject(value: object, above: readonly unknown[]): string {
  const inner = (part: unknown): string => show(part, above);
  if (Array.isArray(value)) return `[${value.map(inner).join(", ")}]`;
  if (value instanceof Map) {
    return `{${[...value].map(([key, part]) => `${inner(key)}: ${inner(part)}`).join(", ")}}`;
  }
  if (value instanceof Set) return `Set {${[...value].map(inner).join(", ")}}`;
  if (value instanceof RegExp) return String(value);
  if (value instanceof URL) return `URL(${JSON.stringify(value.href)})`;
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  const { constructor } = value;
  const name = constructor === Object || constructor === undefined ? "" : `${constructor.name} `;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return `${name}[${[...value as unknown as Iterable<unknown>].map(inner).join(", ")}]`;
  }
  const parts = Object.entries(value).map(([key, part]) =>
    `${JSON.stringify(key)}: ${inner(part)}`
  );
  return `${name}{${parts.join(", ")}}`;
}
