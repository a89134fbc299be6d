/** Listing and reading the repository's own files. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { inRoot } from "./paths.ts";

/** The TypeScript files below some folders or files, as short paths, in a stable order. Absent folders are empty. */
export function typescriptFiles(...places: string[]): string[] {
  return places.flatMap((place) => place.endsWith(".ts") ? single(place) : below(place)).sort();
}

function single(file: string): string[] {
  return existsSync(inRoot(file)) ? [file] : [];
}

function below(folder: string): string[] {
  if (!existsSync(inRoot(folder))) return [];
  return readdirSync(inRoot(folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : below(path);
    return path.endsWith(".ts") && !path.endsWith(".d.ts") ? [path] : [];
  });
}

/** The text of a file that is named by its short path. */
export function readText(path: string): string {
  return readFileSync(inRoot(path), "utf8");
}

/** The contents of a JSON file that is named by its short path. */
// deno-lint-ignore no-explicit-any
export function readJson(path: string): any {
  return JSON.parse(readText(path));
}
