/** Errors of classes that a module exports arrive as what they are, although nobody registered them. */

import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { capture, ref, SerializationError } from "../../mod.ts";
import Unnamed, {
  CodedError,
  giveOwn,
  givePlain,
  type Kind,
  lineOf,
  ParseError,
  Parser,
  Plain,
  SeveralErrors,
  throwAt,
  throwOwn,
} from "../fixtures/error_classes.ts";
import type { throwFar } from "../fixtures/error_classes_far.ts";
import { RUN } from "../fixtures/error_classes_mark.ts";
import { mp } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { runProgram } from "../support/programs.ts";

const module = new URL("../fixtures/error_classes.ts", import.meta.url);

/** What a call fails with. */
async function failureOf(call: PromiseLike<unknown>): Promise<Error> {
  return await assertRejects(async () => await call, Error);
}

async function all(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const taken: unknown[] = [];
  for await (const item of items) taken.push(item);
  return taken;
}

conform("an error of an exported class arrives as that class", async (note) => {
  await using pool = new mp.Pool(1);
  const error = await failureOf(pool.apply(throwOwn, ["parse"]));
  assertInstanceOf(error, ParseError);
  assertEquals([error.constructor, error.line, error.where], [ParseError, 3, "line 3"]);
  assertInstanceOf(error.cause, ParseError);
  note([error.name, error.message, Object.keys(error), error.cause.where]);
  const several = await failureOf(pool.apply(throwOwn, ["several"]));
  assertInstanceOf(several, SeveralErrors);
  assertInstanceOf(several.errors[0], ParseError);
  note([several.name, several.message, several.errors.length, several.errors[1]]);
});

conform("what an exported class inherits is not made its error's own", async (note) => {
  await using pool = new mp.Pool(1);
  const error = await failureOf(pool.apply(throwOwn, ["coded"])) as CodedError;
  assertInstanceOf(error, CodedError);
  note([error.name, error.message, Object.hasOwn(error, "name"), Object.hasOwn(error, "message")]);
  error.code = 8;
  assertEquals(error.message, "code 8");
});

conform("an error arrives as the nearest class that is exported, else built in", async (note) => {
  await using pool = new mp.Pool(1);
  const quote = await failureOf(pool.apply(throwOwn, ["quote"]));
  assertEquals(quote.constructor, ParseError);
  note([quote.name, quote.message, (quote as ParseError).where]);
  const hidden = await failureOf(pool.apply(throwOwn, ["hidden"]));
  assertEquals(hidden.constructor, RangeError);
  note([hidden.name, hidden.message]);
});

conform("errors of exported classes come of all kinds of calls", async (note) => {
  await using pool = new mp.Pool(2);
  const items = [1, 2, 3, 4];
  const lines = [9, 9, 3, 9];
  const calls: Record<string, () => PromiseLike<unknown>> = {
    applyAsync: () => pool.applyAsync(throwAt, [1, 1]),
    map: () => pool.map(throwAt, items, lines),
    starmap: () =>
      pool.starmap(throwAt, items.map((item, i): [number, number] => [item, lines[i]])),
    imap: () => all(pool.imap(throwAt, items, lines)),
    imapUnordered: () => all(pool.imapUnordered(throwAt, items, lines)),
    retries: () => pool.apply(throwAt, [2, 2], { retries: 1 }),
  };
  for (const [name, call] of Object.entries(calls)) {
    const error = await failureOf(call());
    assertInstanceOf(error, ParseError, name);
    note([name, error.where, (error as { itemIndex?: number }).itemIndex ?? null]);
  }
});

conform("errors of exported classes come of functions by reference and in captures", async () => {
  await using pool = new mp.Pool(1);
  const byName = ref<(kind: Kind) => never>(module, "throwOwn");
  assertInstanceOf(await failureOf(pool.apply(byName, ["parse"])), ParseError);
  const caught = capture({ throwOwn }, (kind: Kind) => throwOwn(kind));
  assertInstanceOf(await failureOf(pool.apply(caught, ["parse"])), ParseError);
});

conform("calls keep their order while a module is looked into", async (note) => {
  await using pool = new mp.Pool(1);
  const order: string[] = [];
  const tell = (name: string) => () => void order.push(name);
  await Promise.all([
    pool.apply(ref<typeof lineOf>(module, "lineOf"), [1]).then(tell("reference")),
    pool.apply((x: number) => x, [1]).then(tell("text")),
    pool.apply(lineOf, [1]).then(tell("export")),
  ]);
  note(order);
});

conform("errors of exported classes may also be given and taken", async (note) => {
  await using pool = new mp.Pool(1);
  const error = await pool.apply(giveOwn, ["parse"]);
  assertInstanceOf(error, ParseError);
  note(await pool.apply(lineOf, [error]));
  assertInstanceOf(new Unnamed("x"), TypeError);
});

conform("a module that only workers import is not run here", async (note) => {
  await using pool = new mp.Pool(1);
  const far = new URL("../fixtures/error_classes_far.ts", import.meta.url);
  const error = await failureOf(pool.apply(ref<typeof throwFar>(far, "throwFar")));
  assertEquals(error.constructor, TypeError);
  note([error.name, error.message, (error as { distance?: number }).distance]);
  assert(!(RUN in globalThis));
});

conform("instances of exported classes that are no errors are refused as before", async () => {
  await using pool = new mp.Pool(1);
  await assertRejects(() => pool.apply(givePlain), SerializationError);
  await assertRejects(() => pool.apply(lineOf, [new Plain()]), SerializationError);
});

conform("an error of a served class's module arrives as its class", async (note) => {
  const Manager = mp.BaseManager.extend().register("Parser", Parser);
  await using manager = new Manager();
  await manager.start();
  const parser = await manager.Parser();
  const error = await failureOf(parser.parse(6));
  assertInstanceOf(error, ParseError);
  note([error.where, error.name]);
});

conform(
  "an error of an exported class passes through a manager that does not know it",
  async (note) => {
    await using manager = await mp.Manager();
    await using pool = await manager.Pool(1);
    const error = await failureOf(pool.apply(throwOwn, ["parse"]));
    assertInstanceOf(error, ParseError);
    assertInstanceOf(error.cause, ParseError);
    const coded = await failureOf(pool.apply(throwOwn, ["coded"]));
    assertInstanceOf(coded, CodedError);
    note([error.where, error.cause.where, coded.message, Object.hasOwn(coded, "message")]);
  },
);

conform("a program catches errors of its own classes at its top level", async (note) => {
  const expected: Record<string, string> = {
    export: "true false Error: an export",
    ref: "true false Error: a reference",
    imported: "false true ParseError: line 3 cannot be read",
  };
  for (const [way, line] of Object.entries(expected)) {
    const { code, stdout, stderr } = await runProgram("own_errors.ts", way);
    assertEquals([code, stderr], [0, ""]);
    assertEquals(stdout, `runs\n${line}\nends\n`);
    note(stdout);
  }
});
