/**
 * Programs that are compiled to one executable: such a program is its own child.
 *
 * @module
 */

import { childrenEnded } from "../process/children.ts";
import { isCompiledChild } from "../process/join_creator.ts";
import { becomeFreezable } from "../identity/compiled_program.ts";
import { runtime } from "../runtime/current.ts";

/**
 * Lets a program that is compiled to one executable start processes: awaited first thing in its main module. Python's
 * `freeze_support`.
 *
 * Such a program starts itself again for each child. There this call does the child's work and does not come back; in
 * the program itself, and where nothing is compiled, it does nothing. A bundle needs no such call: see docs/ways_in.md.
 *
 * In a compiled program functions go by their text or by `register()`, called above `freezeSupport()` or in a module that
 * is imported; and a child ends when its target has settled, whatever else its event loop holds.
 *
 * @returns Resolves in the program itself, and never in a child.
 *
 * @example
 * ```ts
 * import { freezeSupport, Process } from "@allcores/multiprocessing";
 *
 * await freezeSupport();
 * if (import.meta.main) {
 *   const process = new Process({ target: () => console.log("in the child") });
 *   await process.start();
 *   await process.join();
 * }
 * ```
 */
export async function freezeSupport(): Promise<void> {
  if (!runtime.program.isCompiled) return;
  becomeFreezable();
  if (!isCompiledChild()) return;
  const { runChild } = await import("./bootstrap.ts");
  const { bundledParts } = await import("./bundled_parts.ts");
  await runChild(bundledParts);
  await childrenEnded();
  runtime.lifecycle.exit();
}
