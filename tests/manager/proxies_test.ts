/** Proxies: how they show themselves, nest and travel, and how long the object of one lives. */

import { inspect } from "node:util";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  BaseProxy,
  type ListProxy,
  ListProxy as ListProxyClass,
  SerializationError,
} from "../../mod.ts";
import * as targets from "../fixtures/manager_targets.ts";
import { mp, runToEnd, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { failure } from "../support/failure.ts";
import { managed } from "../support/managed.ts";

managed("a proxy shows itself, and on request its object", async (manager, note) => {
  const shown = await manager.list([/a+/g, new URL("http://localhost/x"), new Date(5)]);
  assertEquals(await shown.repr(), '[/a+/g, URL("http://localhost/x"), Date(5)]');
  const dict = await manager.dict<unknown>({ a: [1, "two", null, { b: new Map([[1, 2n]]) }] });
  const list = await manager.list<unknown>([dict]);
  note([String(list), await list.repr(), await dict.repr(), await (await manager.Lock()).repr()]);
  assertEquals(await dict.toString(), await dict.repr());
});

conform("String() of a proxy names its class, its type and its number", async (note) => {
  await using manager = new targets.CounterManager();
  await manager.start();
  const shown = [await manager.Counter(), await manager.Custom(), await manager.Strict()].map(
    String,
  );
  note(shown);
  assertEquals(shown, [
    "<AutoProxy[Counter] object, typeid 'Counter' at 0x1>",
    "<CounterProxy object, typeid 'Custom' at 0x2>",
    "<AutoProxy[Strict] object, typeid 'Strict' at 0x3>",
  ]);
  const proxy = await manager.Counter();
  assertEquals([inspect(proxy), `${proxy}`], [String(proxy), String(proxy)]);
});

managed("proxies nest: a list in a dict in a list", async (manager, note) => {
  const inner = await manager.list([1]);
  const dict = await manager.dict({ inner });
  const outer = await manager.list([dict]);
  const again = await (await outer.at(0))!.get("inner");
  assert(again instanceof ListProxyClass);
  await again!.push(2);
  note([await inner.copy(), await (await dict.copy()).get("inner")!.length()]);
  assertEquals(await inner.copy(), [1, 2]);
});

managed("a plain value inside a container is a copy", async (manager, note) => {
  const dict = await manager.dict({ list: [1] });
  const copy = await dict.get("list");
  copy!.push(2);
  note(await dict.get("list"));
  await dict.set("list", copy!);
  note(await dict.get("list"));
});

managed(
  "an object lives as long as a proxy stands for it, wherever that is",
  async (manager, note) => {
    const counts: unknown[] = [];
    const count = async () => counts.push((await manager.stats()).objects);
    const inner = await manager.list([1]);
    const outer = await manager.list([inner]);
    await count();
    inner.dispose();
    inner.dispose();
    await count();
    const again = (await outer.at(0))!;
    note(await again.copy());
    outer.dispose();
    await count();
    note(await again.copy());
    note(await failure(outer.length()));
    note(await failure(manager.list([outer])));
    assertEquals(counts.slice(0, 2), [2, 2]);
    {
      using scoped = await manager.dict();
      await scoped.set("a", 1);
    }
    note(counts);
  },
);

managed("a proxy on its way keeps its object", async (manager, note) => {
  const queue = await manager.Queue<ListProxy<number>>();
  const list = await manager.list([7]);
  await queue.put(list);
  list.dispose();
  const same = await queue.get();
  note(await same.copy());
  const child = new mp.Process({ target: targets.useFromQueue, args: [queue] });
  await child.start();
  await queue.put(same);
  assertEquals(await child.join(), 0);
  note(await same.copy());
  assertEquals(await same.copy(), [7, 42]);
});

managed("the proxies of a process that has ended are counted no more", async (manager, note) => {
  const list = await manager.list();
  const pushed = new mp.Process({ target: targets.pushAll, args: [list, [1, "two"]] });
  assertEquals(await runToEnd(pushed), 0);
  note(await list.copy());
  const { objects } = await manager.stats();
  list.dispose();
  const left = async () => (await manager.stats()).objects;
  let now = await left();
  while (now > 0) now = await left();
  note([objects, now]);
});

managed("proxies travel through pools and back", async (manager, note) => {
  await using pool = new mp.Pool(2);
  const list = await manager.list([1]);
  const back = await pool.apply(targets.giveBack, [list]);
  await back.push(2);
  note(await list.copy());
  const queue = await manager.Queue<number>();
  note(
    await pool.starmap(targets.putSquare, [1, 2, 3].map((x): [typeof queue, number] => [queue, x])),
  );
  const squares = [await queue.get(), await queue.get(), await queue.get()];
  note(squares.sort());
  assertEquals(squares, [1, 4, 9]);
});

managed("proxies travel through queues of shared memory", async (manager, note) => {
  const queue = new mp.Queue<ListProxy<number>>();
  const list = await manager.list([1]);
  await queue.put(list);
  await queue.put(list);
  const [first, second] = [await queue.get(), await queue.get()];
  await first.push(2);
  first.dispose();
  await second.push(3);
  note(await list.copy());
  const last = await manager.list([9]);
  await queue.put(last);
  last.dispose();
  note(await (await queue.get()).copy());
  queue.close();
});

managed("proxies travel through pipes", async (manager, note) => {
  const [here, there] = mp.Pipe<unknown>();
  const list = await manager.list(["in a pipe"]);
  await here.send({ list });
  const { list: same } = await there.recv() as { list: ListProxy<string> };
  await same.push("and out");
  note(await list.copy());
  assertEquals(await list.length(), 2);
});

managed(
  "what cannot be sent is refused with its place, and the proxy stays usable",
  async (manager, note) => {
    const dict = await manager.dict<string, unknown>();
    const error = await assertRejects(
      () => dict.set("a", { deep: [() => {}] }),
      SerializationError,
    );
    note([error.path, error.message]);
    await dict.set("a", 1);
    assertEquals(await dict.get("a"), 1);
  },
);

managed("only the methods of a type can be called", async (manager, note) => {
  const dict = await manager.dict({ a: 1 });
  const names = ["constructor", "__proto__", "hasOwnProperty", "toString", "value", "repr", "#map"];
  for (const name of names) note(await failure(dict.call(name)));
  note(await failure(manager.create("constructor")));
  note(await failure(manager.create("Iterator")));
  assertEquals(await dict.call("get", "a"), 1);
  assertThrows(() => new BaseProxy({} as never), TypeError);
});

managed("a hundred calls in flight are answered each by its own", async (manager, note) => {
  const list = await manager.list(Array.from({ length: 100 }, (_, i) => i));
  const all = await Promise.all(Array.from({ length: 100 }, (_, i) => list.at(i)));
  note(all.every((value, i) => value === i));
  const big = "x".repeat(3_000_000);
  const dict = await manager.dict({ big });
  note(await dict.get("big") === big);
});

managed("instances of registered classes live in a dict", async (manager, note) => {
  const dict = await manager.dict<string, targets.Place>();
  await dict.set("here", new targets.Place(2));
  const place = await dict.get("here");
  assert(place instanceof targets.Place);
  note([place.double().x, await dict.repr()]);
});

conform("no server is left", async () => {
  await until(() => mp.activeChildren().length === 0);
});
