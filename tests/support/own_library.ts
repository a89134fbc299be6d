/**
 * Programs that import this library by its name, as users do, with the sources in its place.
 *
 * @module
 */

import { readFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);
const NAME = "@allcores/multiprocessing";
const { exports } = JSON.parse(readFileSync(new URL("deno.json", root), "utf8")) as {
  exports: Record<string, string>;
};

/** Replaces the names of this library's modules by the addresses of their sources. */
export function withOwnLibrary(program: string): string {
  let text = program;
  for (const [name, file] of Object.entries(exports)) {
    const address = new URL(file, root).href;
    text = text.replaceAll(JSON.stringify(NAME + name.slice(1)), JSON.stringify(address));
  }
  return text;
}
