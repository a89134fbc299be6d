/**
 * A tool that evaluates modules itself, as test runners and development servers do: it writes imports and exports anew, and
 * names the result by the module's path.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const AsyncFunction = (async () => {}).constructor as new (
  ...texts: string[]
) => (load: (name: string) => Promise<unknown>) => Promise<unknown>;

/**
 * Evaluates a module that imports by names only, in a line, and exports declarations only.
 *
 * @typeParam T Its exports.
 * @param url The module.
 * @returns Its exports.
 */
export async function evaluateByTool<T>(url: URL): Promise<T> {
  let text = await readFile(url, "utf8");
  for (const [line, name, from] of text.matchAll(/^import \{ (\w+) \} from (".*");$/gm)) {
    text = text.replaceAll(new RegExp(`(?<![."])\\b${name}\\b`, "g"), `__tool__.${name}`)
      .replace(line.replace(name, `__tool__.${name}`), `const __tool__ = await load(${from});`);
  }
  const names: string[] = [];
  text = text.replaceAll(
    /^export ((?:async )?(?:function|class|const) (\w+))/gm,
    (_, head, name) => {
      names.push(name);
      return head;
    },
  );
  const source = `${text}\nreturn { ${names} };\n//# sourceURL=${fileURLToPath(url)}`;
  return await new AsyncFunction("load", source)((name) => import(name)) as T;
}
