/**
 * Hashes all files below a folder on all cores, and prints what `sha256sum` would.
 *
 * Run it with `node examples/hash_folder.ts [FOLDER]`, `bun examples/hash_folder.ts [FOLDER]` or
 * `deno run -A examples/hash_folder.ts [FOLDER]`. Without a folder it makes one with three files.
 */

import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import process from "node:process";
import { Pool } from "@allcores/multiprocessing";

/** Runs in a worker, which imports this module: so it may use what is imported here. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest("hex");
}

async function printHashes(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile())
    .map((file) => join(file.parentPath, file.name)).sort();
  await using pool = new Pool();
  let i = 0;
  // The hashes come in the order of the files, each as soon as it and those before it are there.
  for await (const hash of pool.imap(hashFile, files)) {
    console.log(`${hash}  ${relative(folder, files[i++])}`);
  }
  console.log(`${files.length} files`);
}

function makeSample(): string {
  const folder = mkdtempSync(join(tmpdir(), "hash-folder-"));
  mkdirSync(join(folder, "more"));
  writeFileSync(join(folder, "empty.txt"), "");
  writeFileSync(join(folder, "hello.txt"), "hello\n");
  writeFileSync(join(folder, "more", "zeros.bin"), new Uint8Array(4_000_000));
  return folder;
}

if (import.meta.main) {
  const given = process.argv[2];
  const folder = given ?? makeSample();
  await printHashes(folder).finally(() => {
    if (given === undefined) rmSync(folder, { recursive: true });
  });
}

// Prints:
// e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  empty.txt
// 5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03  hello.txt
// 8dbe5f139fd946d4cd84e8cc612cd9f68cbc87e394457884acc0c5dad56dd8dd  more/zeros.bin
// 3 files
