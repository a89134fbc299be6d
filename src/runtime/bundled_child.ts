/**
 * Programs that a bundler put together with this library: such a program is its own child. There is no file that only children
 * start with, so they start with a text that imports the bundle, as any module is imported on behalf of a creator.
 *
 * The states of such a child: the text has set {@linkcode BundledChild}, and imports the bundle; this library, evaluated there
 * before the user's modules, joins the program at once, since they may ask who they are, and create what belongs to the program;
 * when everything is evaluated, the text calls `start`.
 *
 * @module
 */

import type { AsyncLocalStorage } from "node:async_hooks";

/** What the text and the bundle know of each other. */
export interface BundledChild {
  /** Whether the bundle is being imported. */
  isLoading: boolean;
  /** What marks what comes of the import. */
  readonly marks: AsyncLocalStorage<"import" | "work">;
  /** What the creator said to this thread already. */
  readonly messages: unknown[];
  /** Does the child's work: set by the library in the bundle. */
  start: (() => Promise<unknown>) | null;
}

const KEY = Symbol.for("allcores.multiprocessing.bundledChild");

/** The child that this is, where it was started by a bundle; `null` elsewhere. */
export function bundledChild(): BundledChild | null {
  return (globalThis as { [KEY]?: BundledChild })[KEY] ?? null;
}

/**
 * What children of a bundle start with.
 *
 * @param files The URLs of modules, the first that has this library in it is the last that is imported.
 * @param awaitMessage A statement that has `messages` filled, in threads that hear nothing before they listen; empty elsewhere.
 * @returns The text of a module.
 */
export function startingText(files: readonly string[], awaitMessage: string): string {
  // Each stands in the text as it is: some runtimes need no permission for what they see.
  const imports = files.map((file) => `() => import(${JSON.stringify(file)})`);
  return `
(async () => {
  const { AsyncLocalStorage } = await import("node:async_hooks");
  const child = { isLoading: true, marks: new AsyncLocalStorage(), messages: [], start: null };
  globalThis[Symbol.for("${KEY.description}")] = child;
  const { messages } = child;
  ${awaitMessage}
  let problem = new Error("There is no @allcores/multiprocessing in ${files.join(" or ")}");
  for (const load of [${imports}]) {
    if (child.start === null) await child.marks.run("import", load).catch((error) => problem = error);
  }
  child.isLoading = false;
  if (child.start === null) throw problem;
  await child.start();
})();`;
}
