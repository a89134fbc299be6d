/**
 * Says in a few words what a value is, for messages about wrong arguments.
 *
 * @param value Anything.
 * @returns For example `"abc"`, `null`, `an array` or `an instance of Map`.
 */
export function valueInWords(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return `the function ${JSON.stringify(value.name)}`;
  if (typeof value !== "object") return `${String(value)}, a ${typeof value}`;
  if (Array.isArray(value)) return "an array";
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && name !== "" && name !== "Object"
    ? `an instance of ${name}`
    : "an object";
}
