/**
 * The analysis of functions' texts, which is loaded when it is first needed: most functions are seen to be closed without it.
 *
 * @module
 */
import type { Analyze } from "./scope_analysis.ts";

let loaded: Analyze | undefined;
let loading: Promise<Analyze> | undefined;

/**
 * Gives the analyser if it is loaded already.
 *
 * @returns The analyser, or `undefined`: then `loadAnalyzer()` loads it.
 */
export function loadedAnalyzer(): Analyze | undefined {
  return loaded;
}

/**
 * Loads the analyser with its parser, once. Takes 5–30 ms.
 *
 * @returns The analyser.
 */
export function loadAnalyzer(): Promise<Analyze> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Analyze> {
  const { importAnalyzer } = await import("./scope_analysis.ts");
  loaded = await importAnalyzer();
  return loaded;
}
