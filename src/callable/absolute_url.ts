import { valueInWords } from "./value_in_words.ts";

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
    throw new TypeError(`${caller} needs a module's URL: got ${valueInWords(url)}`);
  }
  const isUrl = URL.canParse(url) && !/^[a-z]:/i.test(url);
  if (isUrl) return new URL(url).href;
  const remedy = /^([a-z]:)?[\\/]/i.test(url)
    ? `pathToFileURL(${JSON.stringify(url)}) of node:url`
    : `new URL(${JSON.stringify(url)}, import.meta.url)`;
  throw new TypeError(`${caller} needs an absolute URL: got ${JSON.stringify(url)}, use ${remedy}`);
}
