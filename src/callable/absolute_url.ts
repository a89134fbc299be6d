/**
 * Checks that what names a module is an absolute URL.
 *
 * A relative one would be resolved against a module of this library, which is never what was meant.
 *
 * @param url The URL that the user gave.
 * @param caller The function that took it, for the message.
 * @returns The URL as a text.
 * @throws {TypeError} If it is not absolute.
 */
export function absoluteUrl(url: URL | string, caller: string): string {
  if (typeof url === "object" && url !== null && typeof url.href === "string") return url.href;
  if (typeof url !== "string") {
    throw new TypeError(`${caller} needs a module's URL: got ${describeValue(url)}`);
  }
  const isUrl = URL.canParse(url) && !/^[a-z]:/i.test(url);
  if (isUrl) return new URL(url).href;
  const remedy = /^([a-z]:)?[\\/]/i.test(url)
    ? `pathToFileURL(${JSON.stringify(url)}) of node:url`
    : `new URL(${JSON.stringify(url)}, import.meta.url)`;
  throw new TypeError(`${caller} needs an absolute URL: got ${JSON.stringify(url)}, use ${remedy}`);
}

/**
 * Says in a few words what a value is, for messages about wrong arguments.
 *
 * @param value Anything.
 * @returns For example `"abc"`, `null`, `an array` or `an instance of Map`.
 */
export function describeValue(value: unknown): string {
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
