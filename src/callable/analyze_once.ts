/**
 * Analyses each text once, and at once where that is possible.
 *
 * @module
 */
import { BoundedMap } from "./bounded_map.ts";
import { loadAnalyzer, loadedAnalyzer } from "./analyzer.ts";
import type { Analysis, Analyze } from "./scope_analysis.ts";

/**
 * Gives the URLs of the calling modules, nearest first, and last those worth a try besides, as the
 * main module.
 */
export type CallSite = () => readonly string[];

/** What is there at once, or later. */
export type Answer<T> = T | Promise<T>;

/** By name and text: what the parser found is the same for every function of that name and text. */
const analyses = new BoundedMap<string, Analysis>(1_000);

/**
 * Analyses a function's text and goes on with the result: at once if the parser is loaded. Else the
 * call site is taken first, while it can still be seen.
 *
 * @typeParam T What is made of the result.
 * @param text The function's text.
 * @param name The function's name.
 * @param callSite Gives the calling modules.
 * @param use Goes on with the analysis, and with the call site.
 * @returns What `use` returns, or a promise of it.
 */
export function withAnalysis<T>(
  text: string,
  name: string,
  callSite: CallSite,
  use: (analysis: Analysis, callSite: CallSite) => Answer<T>,
): Answer<T> {
  const analyze = loadedAnalyzer();
  if (analyze !== undefined) return use(analyzeOnce(text, name, analyze), callSite);
  const sites = callSite();
  return loadAnalyzer().then((loaded) => use(analyzeOnce(text, name, loaded), () => sites));
}

function analyzeOnce(text: string, name: string, analyze: Analyze): Analysis {
  const key = `${name}\n${text}`;
  const known = analyses.get(key);
  if (known !== undefined) return known;
  const analysis = analyze(text, name);
  analyses.set(key, analysis);
  return analysis;
}
