/**
 * What the demo's workers do: read source files, count what is in them, and take a digest of each.
 *
 * Nothing here depends on the runtime, on the worker or on the order of the files, so every run gives the same.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { currentProcess } from "../../mod.ts";
import { countWords } from "./words.ts";

/** Some files of a folder. */
export interface Batch {
  /** The folder. */
  folder: string;
  /** The files' paths, from the folder on. */
  paths: string[];
}

/** What is known of one file. */
export type FileReport =
  | { path: string; lines: number; bytes: number; digest: string }
  | { path: string; error: string };

/** What is known of a batch. */
export interface BatchReport {
  files: FileReport[];
  /** How often each identifier stands in the files. */
  words: Map<string, number>;
}

/** Gives the worker's name after some milliseconds, in which the other workers get to say theirs. */
export async function nameAfter(milliseconds: number): Promise<string> {
  await sleep(milliseconds);
  return currentProcess().name;
}

/** Studies the files of a batch; one that cannot be read is reported, and the others go on. */
export function studyBatch({ folder, paths }: Batch): BatchReport {
  const words = new Map<string, number>();
  const files = paths.map((path) => {
    try {
      return studyFile(folder, path, words);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      return { path, error: code ?? message };
    }
  });
  return { files, words };
}

function studyFile(folder: string, path: string, words: Map<string, number>): FileReport {
  const bytes = readFileSync(`${folder}/${path}`);
  countWords(bytes.toString("latin1"), words);
  const digest = createHash("sha256").update(bytes).digest("hex");
  return { path, lines: countLines(bytes), bytes: bytes.length, digest };
}

/** A last line without an end counts as well. */
function countLines(bytes: Uint8Array): number {
  const end = "\n".charCodeAt(0);
  let lines = bytes.length > 0 && bytes[bytes.length - 1] !== end ? 1 : 0;
  for (let at = bytes.indexOf(end); at >= 0; at = bytes.indexOf(end, at + 1)) lines++;
  return lines;
}
