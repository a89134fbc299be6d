/**
 * Programs of documents and examples, as the tests run them.
 *
 * @module
 */

import { method } from "./method.ts";
import { withOwnLibrary } from "./own_library.ts";

const library = new URL("../../mod.ts", import.meta.url).href;

/** The text with this repository's library, and with this run's start method set in its first line. */
export function toSource(text: string): string {
  const start = `import { setStartMethod as setMethod } from "${library}"; ` +
    `setMethod("${method}", { force: true }); `;
  return start + withOwnLibrary(text);
}
