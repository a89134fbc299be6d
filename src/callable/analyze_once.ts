/**
 * Analyses each function's text once, by an analyser that is loaded when it is first needed: most
 * functions are seen to be self-contained without it.
 *
 * @module
 */
import { BoundedMap } from "./bounded_map.ts";
import type { Analysis, Analyze } from "./outer_variables.ts";

/**
 * Gives the URLs of the calling modules, nearest first, and last those worth a try besides, as the
 * main module.
 */
export type CallSite = () => readonly string[];

/** What is there at once, or later. */
export type Answer<T> = T | Promise<T>;

/** By name and text: what the parser found is the same for every function of that name and text. */
const analyses = new BoundedMap<string, Analysis>(1_000);

let loaded: Analyze | undefined;
let loading: Promise<Analyze> | undefined;

/**
 * Tells whether the analyser is loaded, so that an analysis costs little.
 *
 * @returns Whether it is; else `loadAnalyzer()` loads it.
 */
export function isAnalyzerLoaded(): boolean {
  return loaded !== undefined;
}

/**
 * Loads the analyser with its parser, once. Takes 15–25 ms.
 *
 * @returns The analyser.
 */
export function loadAnalyzer(): Promise<Analyze> {
  loading ??= import("./outer_variables.ts").then(async ({ importAnalyzer }) =>
    loaded = await importAnalyzer()
  );
  return loading;
}

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
  if (loaded !== undefined) return use(analyzeOnce(text, name, loaded), callSite);
  const sites = callSite();
  return loadAnalyzer().then((analyze) => use(analyzeOnce(text, name, analyze), () => sites));
}

function analyzeOnce(text: string, name: string, analyze: Analyze): Analysis {
  const key = `${name}\n${text}`;
  const known = analyses.get(key);
  if (known !== undefined) return known;
  const analysis = analyze(text, name);
  analyses.set(key, analysis);
  return analysis;
}
