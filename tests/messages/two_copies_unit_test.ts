/** Two copies of the library in one program: what one made, the other refuses, and says why. */

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { test } from "node:test";
import { assert, assertStringIncludes } from "@std/assert";
import * as here from "../../mod.ts";
import { encoder } from "../../src/messages/message.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

test("an object of another copy of the library is refused as that", async () => {
  const folder = mkdtempSync(join(tmpdir(), "copy-"));
  for (const part of ["src", "mod.ts"]) {
    cpSync(root + part, join(folder, part), { recursive: true });
  }
  const place = pathToFileURL(`${folder}/`).href;
  const there = await import(`${place}mod.ts`) as typeof here;
  const { Lock, Queue, Pool } = there.getContext("thread");
  class OwnLock extends Lock {}
  const pool = new Pool(1);
  try {
    for (const object of [new Lock(), new OwnLock(), new Queue(), pool]) {
      const error = thrownBy(() => encoder.measure([object], "args"));
      assert(error instanceof here.SerializationError, String(error));
      assertStringIncludes(error.message, "Cannot send args[0]: it is a ");
      assertStringIncludes(error.message, `of another copy of this library, which is at ${place}`);
    }
  } finally {
    await pool.terminate();
    rmSync(folder, { recursive: true });
  }
});

function thrownBy(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
