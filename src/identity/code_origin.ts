/**
 * Which code of a child is its work, and which runs only because a module was imported: the main part of a program without
 * a guard, which may come to its point long after the import. Told apart by what follows asynchronous code around.
 *
 * Some runtimes do not carry a mark into a module that is being imported: there such code has none.
 *
 * @module
 */

import type { AsyncLocalStorage } from "node:async_hooks";
import { bundledChild } from "../runtime/bundled_child.ts";

/** Why code runs. */
export type Mark = "import" | "work";

/** There are none in children that import nothing, which is most; a bundle is imported at once. */
let marks: AsyncLocalStorage<Mark> | null = bundledChild()?.marks ?? null;

/**
 * Imports a module, and marks everything that comes of it.
 *
 * @param url The module.
 * @returns Its exports.
 */
export async function importMarked(url: string): Promise<Record<string, unknown>> {
  await loadMarks();
  return await marks!.run("import", () => import(/* @vite-ignore */ /* webpackIgnore: true */ url));
}

/** Makes marks possible from now on. */
export async function loadMarks(): Promise<void> {
  // Loaded only here: few children need it.
  const { AsyncLocalStorage } = await import("node:async_hooks");
  marks ??= new AsyncLocalStorage<Mark>();
}

/**
 * Runs a child's work.
 *
 * @param work The work.
 * @returns What it returns.
 */
export function markWork<T>(work: () => T): T {
  return marks === null ? work() : marks.run("work", work);
}

/** The mark of the running code; `null` where it has lost it, or never had one. */
export function currentMark(): Mark | null {
  return marks?.getStore() ?? null;
}

/** Whether modules were imported, and code without a mark may come of them. */
export function hasMarks(): boolean {
  return marks !== null;
}
