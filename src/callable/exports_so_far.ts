/**
 * Looks at the exports of a module that is still running its top level: importing it would wait for
 * its end, which may itself wait for what is looked for.
 *
 * Two modules that import each other are written to files: the inner one runs first, has what the
 * outer one exports, and throws it. So nothing behind it in the outer one is run: not the module
 * that is looked at either, should it not be running yet. Its exports are there since the modules
 * were linked; those that it has not come to yet are not to be read.
 *
 * @module
 */
import { removeNow } from "../files/end_files.ts";
import { createOwnFolder } from "../files/program_folder.ts";
import { quietPlace } from "../files/shared_place.ts";
import { runtime } from "../runtime/current.ts";
import { fileUrl } from "../support/stack_frames.ts";
import type { Namespace } from "./module_exports.ts";

/**
 * Gives the exports of a module, as far as it has come.
 *
 * @param url The module, which must be running or have run: of some other kinds than JavaScript
 * modules importing it is running it.
 * @returns Its exports, or `undefined` where no files can be written, or the module stands in a
 * compiled program.
 */
export async function exportsSoFar(url: string): Promise<Namespace | undefined> {
  const { files, program: { isCompiled } } = runtime;
  if (isCompiled || quietPlace() === null) return undefined;
  let folder: string | null = null;
  try {
    folder = createOwnFolder();
    files.write(
      `${folder}/outer.mjs`,
      `import "./inner.mjs"; export * as exports from ${JSON.stringify(url)};`,
    );
    files.write(
      `${folder}/inner.mjs`,
      `import { exports } from "./outer.mjs"; throw { exports };`,
    );
    return await importThrown(fileUrl(`${folder}/outer.mjs`));
  } catch {
    // A full disk, say: then the module is not looked at.
    return undefined;
  } finally {
    if (folder !== null) removeNow(folder);
  }
}

async function importThrown(url: string): Promise<Namespace | undefined> {
  try {
    await import(/* @vite-ignore */ /* webpackIgnore: true */ url);
  } catch (thrown) {
    if (thrown instanceof Error) return undefined;
    return (thrown as { exports?: Namespace } | null)?.exports;
  }
  return undefined;
}
