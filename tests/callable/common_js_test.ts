/** Functions of CommonJS modules by their names, whether or not a runtime finds these in the module's text. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MultiprocessingError, ref } from "../../mod.ts";
import { mp } from "../support/children.ts";
import { conform } from "../support/conform.ts";

type Unary = (x: number) => number;

const common = new URL("../fixtures/common_exports.cjs", import.meta.url);
const compiled = new URL("../fixtures/common_default.cjs", import.meta.url);

conform("ref() names a function of a CommonJS module", async (note) => {
  await using pool = new mp.Pool(1);
  const results = [
    await pool.apply(ref<Unary>(common, "twice"), [4]),
    await pool.apply(ref<Unary>(common, "above"), [4]),
    await pool.apply(ref<Unary>(compiled, "default"), [4]),
  ];
  assertEquals(results, [8, 104, -4]);
  note(results);
});

conform("ref() to what a CommonJS module does not export tells what it exports", async () => {
  await using pool = new mp.Pool(1);
  const error = await assertRejects(
    () => pool.apply(ref<Unary>(common, "thrice"), [4]),
    MultiprocessingError,
    'has no export "thrice"',
  );
  const [, exports] = error.message.split("\n");
  for (const name of ["twice", "above", "default"]) assertStringIncludes(exports, name);
});
