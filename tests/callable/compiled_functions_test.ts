/** Functions that use a compiler's helpers, in real workers: those find the helpers, and `tslib`. */

import { assertEquals } from "@std/assert";
import { capture } from "../../mod.ts";
import { mp } from "../support/children.ts";
import { conform } from "../support/conform.ts";

/** A function as a compiler wrote it: none that the runtimes have writes it anew. */
// deno-lint-ignore no-explicit-any
function compiled(text: string): any {
  return (0, globalThis.eval)(`(${text})`);
}

conform("a worker has the helpers that a function's compiler took for granted", async (note) => {
  await using pool = new mp.Pool(1);
  const awaiter = `function (x) {
    return __awaiter(this, void 0, void 0, function* () { return (yield x) + 1 })
  }`;
  assertEquals(await pool.apply(compiled(awaiter), [1]), 2);
  const rest = compiled(`(a) => tslib_1.__rest(a, ["x"])`);
  assertEquals(await pool.map(rest, [{ x: 1, y: 2 }, { x: 3 }]), [{ y: 2 }, {}]);
  const named = `(x) => { class A { constructor() { __publicField(this, "v", x) } }
    return [__spreadValues({}, new A()), __name(() => 0, "kept").name] }`;
  assertEquals(await pool.apply(compiled(named), [3]), [{ v: 3 }, "kept"]);
  const factor = 5;
  const sum = capture(
    { factor },
    compiled("(x) => __async(null, [x], function* (y) { return (yield y) * factor })"),
  );
  assertEquals(await pool.apply(sum, [4]), 20);
  note("done");
});
