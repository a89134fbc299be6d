/**
 * The programs of `examples/`.
 *
 * @module
 */

import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../../examples/", import.meta.url);

/** A file of `examples/`. */
export interface ExampleFile {
  readonly name: string;
  readonly text: string;
  /** What its last comment says that it prints. */
  readonly output: string;
}

/** All programs of `examples/`, in the order of their names. */
export function exampleFiles(): ExampleFile[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".ts")).sort();
  return names.map((name) => {
    const text = readFileSync(new URL(name, FOLDER), "utf8");
    const [, block = ""] = /\n\/\/ Prints[^\n]*:\n((?:\/\/[^\n]*\n)+)$/.exec(text) ?? [];
    return { name, text, output: block.replace(/^\/\/ ?/gm, "") };
  });
}

/** What the README of `examples/` says. */
export function examplesReadme(): string {
  return readFileSync(new URL("README.md", FOLDER), "utf8");
}
