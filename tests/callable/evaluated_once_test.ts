/** A user's module is evaluated once in the creator, also where a tool has evaluated it. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { FreeVariableError, type Pool } from "../../mod.ts";
import { mp } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { evaluateByTool } from "../support/module_tool.ts";

interface Evaluated {
  applyShout(pool: Pool, path: string): Promise<string>;
  applyHidden(pool: Pool, path: string): Promise<number>;
}

const url = new URL("../fixtures/evaluated_by_tool.mjs", import.meta.url);
const RUNS = Symbol.for("tests.evaluated_by_tool");
const runs = (): number => (globalThis as { [RUNS]?: number })[RUNS] ?? 0;

conform(
  "exported functions of a module that a tool has evaluated are found by name",
  async (note) => {
    const before = runs();
    const module = await evaluateByTool<Evaluated>(url);
    await using pool = new mp.Pool(1);
    note([await module.applyShout(pool, "far/away"), runs() - before]);
    assertEquals(await module.applyShout(pool, "a/b"), "B");
    assertEquals(runs() - before, 1);
  },
);

conform("other functions of such a module are refused, and it is not run again", async () => {
  const before = runs();
  const module = await evaluateByTool<Evaluated>(url);
  await using pool = new mp.Pool(1);
  const error = await assertRejects(
    () => module.applyHidden(pool, "a/b"),
    FreeVariableError,
    'Cannot run "hidden"',
  );
  assertStringIncludes(error.message, `${url.href} is evaluated by a tool`);
  assertEquals(runs() - before, 1);
});
