/**
 * The input of the demo: the source files below a folder, in batches for the workers.
 *
 * @module
 */

import { readdirSync, statSync } from "node:fs";
import type { Batch } from "./work.ts";

/** The endings of JavaScript, TypeScript, C and C++. */
const sourceFile = /\.(?:[cm]?[jt]s|[jt]sx|c|cc|cpp|cxx|h|hh|hpp|hxx)$/i;

/** Bytes of a batch, unless it is one large file. */
const batchBytes = 2 * 1024 * 1024;

/** Bytes of a file above which it is no source that anybody wrote, nor a text that every runtime can hold. */
const mostBytes = 256 * 1024 * 1024;

/** The files of a folder. */
export interface Listing {
  /** The source files, in the order of their paths. */
  files: { path: string; bytes: number }[];
  /** What could not be looked into: a path and the reason. */
  unreadable: { path: string; error: string }[];
}

/**
 * Lists the source files below a folder. Links are not followed.
 *
 * @param folder The folder's path.
 * @returns The files.
 */
export function listSourceFiles(folder: string): Listing {
  const listing: Listing = { files: [], unreadable: [] };
  listBelow(folder, "", listing);
  listing.files.sort((a, b) => a.path < b.path ? -1 : 1);
  return listing;
}

function listBelow(folder: string, prefix: string, listing: Listing): void {
  for (const entry of tryPath(prefix, listing, () => entriesOf(`${folder}/${prefix}`)) ?? []) {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory()) listBelow(folder, `${path}/`, listing);
    if (!entry.isFile() || !sourceFile.test(path)) continue;
    const status = tryPath(path, listing, () => statSync(`${folder}/${path}`));
    if (status && status.size > mostBytes) {
      listing.unreadable.push({ path, error: `more than ${mostBytes} bytes` });
    } else if (status) listing.files.push({ path, bytes: status.size });
  }
}

function entriesOf(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

function tryPath<T>(path: string, listing: Listing, look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    listing.unreadable.push({ path, error: code ?? message });
    return undefined;
  }
}

/**
 * Puts files together to batches of about the same size. Files of one name go together, since they often have the same
 * words, and a batch then reports fewer. The largest batch comes first, so that no worker begins it when the others are
 * about to finish.
 *
 * @param folder The folder's path.
 * @param files Its files.
 * @returns The batches.
 */
export function makeBatches(folder: string, files: Listing["files"]): Batch[] {
  const batches: { bytes: number; paths: string[] }[] = [];
  for (const { path, bytes } of files.toSorted(byName)) {
    const last = batches.at(-1);
    if (last && last.bytes + bytes <= batchBytes) {
      last.bytes += bytes;
      last.paths.push(path);
    } else batches.push({ bytes, paths: [path] });
  }
  batches.sort((a, b) => b.bytes - a.bytes);
  return batches.map(({ paths }) => ({ folder, paths }));
}

function byName(a: { path: string }, b: { path: string }): number {
  const [one, other] = [a, b].map(({ path }) => path.slice(path.lastIndexOf("/") + 1));
  return one < other ? -1 : one > other ? 1 : 0;
}
