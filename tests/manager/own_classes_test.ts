/** Classes of one's own that a manager serves: what is registered, and what of it can be called. */

import process from "node:process";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { BaseProxy, type SyncManager } from "../../mod.ts";
import * as targets from "../fixtures/manager_targets.ts";
import { mp, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { failure } from "../support/failure.ts";

conform("a registered class is served, and its methods are typed", async (note) => {
  await using manager = new targets.CounterManager();
  await manager.start();
  const counter = await manager.Counter(5);
  const sum: number = await counter.add(2);
  // Held, so that it is counted below.
  using hundred = await manager.Hundred();
  note([sum, await counter.addLater(3), await hundred.add(1)]);
  const values: number[] = [];
  for await (const value of await counter.upTo(3)) values.push(value);
  const texts: string[] = [];
  for await (const text of await counter.slowly(["a", "b", "c"])) {
    texts.push(text);
    if (text === "b") break;
  }
  note([values, texts, (await manager.stats()).objects]);
  const inline = await manager.Inline(4);
  note(await inline.get("x"));
});

conform("errors of a served class arrive as they were thrown", async (note) => {
  await using manager = new targets.CounterManager();
  await manager.start();
  const counter = await manager.Counter();
  const error = await assertRejects(() => counter.fail(), RangeError);
  note([error.message, (error.cause as Error).message, (error as never as { code: number }).code]);
  note(await failure(counter.unsendable()));
  note(await failure(manager.Counter("no number" as never)));
  note(await failure(manager.create("Nothing")));
  assertEquals(await counter.add(1), 1);
});

conform("errors of a manager show the caller's side of the stack, too", async (note) => {
  await using manager = new targets.CounterManager();
  await manager.start();
  const counter = await manager.Counter();
  async function callerOfFail(): Promise<void> {
    await counter.fail();
  }
  async function callerOfCreate(): Promise<void> {
    await manager.Counter("no number" as never);
  }
  for (const caller of [callerOfFail, callerOfCreate]) {
    const { stack } = await assertRejects(caller, Error);
    assertStringIncludes(stack!, "manager_targets.ts");
    assertStringIncludes(stack!, "\n    in BoundBase-");
    // JavaScriptCore does not follow promises.
    if (!("bun" in process.versions)) {
      const [, here] = stack!.split("called from\n");
      assertStringIncludes(here, caller.name);
      assertStringIncludes(here, "own_classes_test.ts");
      assertEquals(here.includes("/src/"), false, here);
    }
  }
  const reason = new Error("the caller's own");
  const { stack } = reason;
  const queue = (await mp.Manager()) as SyncManager;
  await using _queue = queue;
  const waiting = (await queue.Queue()).get({ signal: AbortSignal.abort(reason) });
  assertEquals(await waiting.catch((error) => error), reason);
  const aborting = new AbortController();
  const later = (await queue.Queue()).get({ signal: aborting.signal });
  aborting.abort(reason);
  assertEquals(await later.catch((error) => error), reason);
  assertEquals(reason.stack, stack);
  note("ok");
});

conform("methods that give shared objects give their proxies", async (note) => {
  await using manager = new targets.CounterManager();
  await manager.start();
  const counter = await manager.Counter(1);
  const child = await counter.child() as unknown as typeof counter;
  assert(child as unknown instanceof BaseProxy);
  note([await child.add(10), await counter.add(1)]);
});

conform("only exposed methods can be called", async (note) => {
  await using manager = new targets.CounterManager();
  await manager.start();
  const counter = await manager.Counter();
  for (const name of ["_hidden", "getter", "label", "children", "constructor", "isPrototypeOf"]) {
    note(await failure(counter.call(name)));
  }
  const strict = await manager.Strict();
  note([await strict.add(1), "upTo" in strict, await failure(strict.call("upTo", 1))]);
  const custom = await manager.Custom(1) as unknown as targets.CounterProxy;
  assert(custom instanceof targets.CounterProxy);
  note([await custom.addTwice(2), await failure(custom.call("fail"))]);
});

conform("without a factory the argument becomes the object", async (note) => {
  await using manager = new targets.CounterManager();
  await manager.start();
  const place = await manager.Adopted(new targets.Place(3));
  note((await place.call("double") as targets.Place).x);
  note(await failure(manager.Adopted()));
  note(await failure(manager.Adopted(5)));
});

conform("register() refuses what it cannot serve", (note) => {
  const fresh = mp.BaseManager.extend();
  const attempts: (() => unknown)[] = [
    () => fresh.register("not a name", targets.Counter),
    () => fresh.register("start", targets.Counter),
    () => fresh.register("then", targets.Counter),
    () => fresh.register("A", 5 as never),
    () => fresh.register("A", targets.Counter, { exposed: ["__proto__"] }),
    () => fresh.register("A", targets.Counter, { exposed: "add" as never }),
    () => fresh.register("A", targets.Counter, { methodToType: { constructor: "A" } }),
    () => fresh.register("A", targets.Counter, { proxyType: targets.Counter as never }),
    () => fresh.register("A", targets.Counter, "exposed" as never),
    () => fresh.register("A", targets.Counter, null as never),
    () => fresh.register("A", targets.Counter, { expose: ["add"] } as never),
    () => fresh.register("A", targets.Counter, { createMethod: 1 as never }),
    () => fresh.register("A", targets.Counter, { methodToType: "A" as never }),
    () => fresh.register("A", targets.Counter, { methodToType: { child: 1 as never } }),
    () => fresh.register("A", targets.Awkward),
    () => fresh.register("A", targets.Awkward, { exposed: ["fine", "dispose"] }),
    () => fresh.register("A", targets.Awkward, { exposed: ["then"] }),
  ];
  for (const attempt of attempts) note(assertThrows(attempt, TypeError).message);
  assertEquals("A" in fresh.prototype, false);
});

conform("an object whose methods are in a proxy's way is served without them", async (note) => {
  await using manager = new targets.AwkwardManager();
  await manager.start();
  const chosen = await manager.Chosen();
  // Held, so that it is counted below.
  using child = await chosen.child() as unknown as typeof chosen;
  note([await chosen.fine(), await child.fine()]);
  note(await failure(chosen.call("dispose")));
  note(await failure(chosen.getValue()));
  using named = await manager.Named() as unknown as targets.AwkwardProxy;
  note([await named.endThere(), await named.repr()]);
  note([await failure(manager.Made()), await failure(manager.MadeThenable())]);
  note((await manager.stats()).objects);
  chosen.dispose();
  note(await failure(chosen.fine()));
});

conform("registrations of a subclass are its own", async (note) => {
  await using manager = new targets.MixedManager();
  await manager.start();
  const place = await manager.Place(4);
  note(await failure(manager.Queue(3 as never)));
  note(await failure(manager.JoinableQueue(null as never)));
  note((await place.double()).x);
  note(await (await manager.list([1])).copy());
  assertEquals("Place" in mp.SyncManager.prototype, false);
});

conform("no server is left", async () => {
  await until(() => mp.activeChildren().length === 0);
});
