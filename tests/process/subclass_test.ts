/** Subclasses of `Process` with a `run()` of their own, whose fields travel. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { activeChildren, capture, FreeVariableError, SerializationError } from "../../mod.ts";
import { classes, Square, tellWrapped, Unsendable, Wrapped } from "../fixtures/process_classes.ts";
import { freshPath, mp, readValue, runToEnd } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { assertUnstarted } from "../support/process_states.ts";

conform("a subclass overrides run(), and its fields travel", async (note) => {
  const path = freshPath();
  const square = new Square(path, 7);
  square.name = "S";
  assertEquals(await runToEnd(square), 0);
  const value = readValue(path);
  assertEquals(value, {
    answer: 49,
    isPoint: true,
    length: 5,
    name: "S",
    isCurrent: true,
    isSquare: true,
    constructed: 0,
  });
  assertEquals(square.answer, 0);
  note(value);
});

conform("a subclass calls super.run(), with target, args and kwargs", async (note) => {
  const path = freshPath();
  // deno-lint-ignore no-explicit-any
  const options: any = { target: tellWrapped, args: [path, 1], kwargs: { plus: 2 } };
  const child = new Wrapped(options);
  child.before = "changed";
  assertEquals(await runToEnd(child), 0);
  assertEquals(readValue(path), { wrapped: "changed", n: 1, options: { plus: 2 } });
  note(readValue(path));
});

conform("run() runs here when it is called here", async (note) => {
  const path = freshPath();
  const square = new Square(path, 3);
  await square.run();
  assertEquals(square.answer, 9);
  let given: unknown;
  const take = (...args: unknown[]) => void (given = args);
  await new mp.Process({ target: take, args: [1, 2], kwargs: { a: 3 } }).run();
  const seen: number[] = [];
  const add = 1;
  const target = capture({ add }, (x: number, all: number[]) => void all.push(x + add));
  await new mp.Process({ target, args: [1, seen] }).run();
  assertEquals(seen, [2]);
  assertEquals(given, [1, 2, { a: 3 }]);
  note([square.answer, given]);
});

conform("a subclass that its module does not export is refused", async () => {
  const child = new classes.Private();
  const error = await assertRejects(() => child.start(), FreeVariableError);
  assertStringIncludes(error.message, "Private");
  assertUnstarted(child);
});

conform("a subclass with a field that cannot be sent is refused, with the path", async (note) => {
  const child = new Unsendable();
  const error = await assertRejects(() => child.start(), SerializationError);
  assertStringIncludes(error.message, "callback");
  assertUnstarted(child);
  child.callback = 1 as unknown as () => void;
  assertEquals(await runToEnd(child), 0);
  note(error.path);
});

conform("nothing is left", () => {
  assertEquals(activeChildren(), []);
});
