/** Dicts, lists, namespaces, values and arrays that live in a manager's server. */

import { assert, assertEquals } from "@std/assert";
import {
  DictProxy as DictProxyClass,
  type ListProxy,
  ListProxy as ListProxyClass,
} from "../../mod.ts";
import { mp, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { failure } from "../support/failure.ts";
import { managed } from "../support/managed.ts";

// Dicts

managed("a dict proxy is a Map whose methods return promises", async (manager, note) => {
  const dict = await manager.dict<unknown>({ a: 1, b: "two" });
  assert(dict instanceof DictProxyClass);
  await dict.set("c", [3, { deep: true }]);
  note([await dict.get("a"), await dict.get("c"), await dict.get("missing")]);
  note([await dict.has("b"), await dict.delete("b"), await dict.delete("b"), await dict.size()]);
  note([await dict.keys(), await dict.values(), await dict.entries()]);
  await dict.update(new Map([["d", 4]]));
  await dict.update([["e", 5]]);
  await dict.update({ f: 6 });
  note([await dict.pop("d"), await dict.pop("d", "none"), await dict.pop("d")]);
  note([await dict.setDefault("a", 9), await dict.setDefault("g", 7)]);
  const copy = await dict.copy();
  assert(copy instanceof Map);
  assertEquals(copy, await dict.getValue());
  note(copy);
  await dict.clear();
  assertEquals(await dict.size(), 0);
});

managed("a dict is made of a map, pairs, a plain object or nothing", async (manager, note) => {
  for (const source of [new Map([["k", 1]]), [["k", 1]], { k: 1 }, undefined]) {
    const dict = await manager.dict(source as Record<string, number>);
    note(await dict.entries());
  }
  note(await failure(manager.dict(5 as never)));
  note(await failure(manager.dict([1, 2] as never)));
  const dict = await manager.dict({ a: 1 });
  note(await failure(dict.update(7 as never)));
  assertEquals(await dict.entries(), [["a", 1]]);
});

managed("keys of every object's own are keys like others", async (manager, note) => {
  const dict = await manager.dict<string, unknown>();
  for (const key of ["__proto__", "constructor", "toString", ""]) await dict.set(key, key.length);
  note(await dict.entries());
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
  const names = await manager.Namespace<Record<string, unknown>>();
  await names.set("__proto__", { polluted: true });
  note([await names.get("__proto__"), await names.get("constructor"), await names.names()]);
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
});

managed(
  "for await over a dict or a list sees it as it was at one moment",
  async (manager, note) => {
    const dict = await manager.dict({ a: 1, b: 2 });
    const list = await manager.list([1, 2, 3]);
    const seen: unknown[] = [];
    for await (const entry of dict) {
      await dict.set(`${entry[0]}${entry[0]}`, 0);
      seen.push(entry);
    }
    for await (const item of list) {
      await list.push(item);
      seen.push(item);
    }
    note([seen, await dict.size(), await list.length()]);
    assertEquals(seen, [["a", 1], ["b", 2], 1, 2, 3]);
  },
);

// Lists

managed("a list proxy is an array whose methods return promises", async (manager, note) => {
  const list = await manager.list([3, 1, 2]);
  assert(list instanceof ListProxyClass);
  note([await list.at(0), await list.at(-1), await list.at(9), await list.length()]);
  note([await list.push(5, 4), await list.pop(), await list.pop(0), await list.pop(9)]);
  await list.insert(1, 8);
  await list.set(-1, 6);
  note(await list.copy());
  await list.sort();
  await list.sort({ reverse: true });
  await list.reverse();
  note([await list.slice(), await list.slice(1), await list.slice(-2, -1)]);
  note([
    await list.includes(8),
    await list.indexOf(8),
    await list.indexOf(99),
    await list.count(8),
  ]);
  note([await list.splice(1, 2, 10, 11, 12), await list.splice(3), await list.copy()]);
  await list.extend(new Set([20, 21]));
  await list.remove(20);
  note(await list.getValue());
  await list.clear();
  assertEquals(await list.length(), 0);
});

managed("a list compares objects by what they hold", async (manager, note) => {
  const list = await manager.list<unknown>([{ a: [1] }, NaN, -0]);
  const inner = await manager.list();
  await list.push(inner);
  note([
    await list.indexOf({ a: [1] }),
    await list.indexOf({ a: [2] }),
    await list.indexOf(NaN),
    await list.indexOf(0),
    await list.indexOf(inner),
    await list.includes(await manager.list()),
  ]);
  await list.remove({ a: [1] });
  assertEquals(await list.length(), 3);
});

managed("misuse of a list is refused, and changes nothing", async (manager, note) => {
  const list = await manager.list<unknown>([2, "b"]);
  note(await failure(list.set(2, 1)));
  note(await failure(list.at("0" as never)));
  note(await failure(list.remove(7)));
  note(await failure(list.sort()));
  note(await failure(list.sort(((a: number, b: number) => a - b) as never)));
  note(await failure(manager.list(5 as never)));
  assertEquals(await list.copy(), [2, "b"]);
});

managed("what a list is sorted by is checked, and changes nothing", async (manager, note) => {
  const list = await manager.list<unknown>([2, 1]);
  for (const wrong of ["x", 5, null, { key: 1 }, { reverse: "yes" }, { compare: () => 0 }]) {
    note(await failure(list.sort(wrong as never)));
  }
  note(await failure((await manager.list([{}, {}])).sort()));
  assertEquals(await list.copy(), [2, 1]);
});

managed("containers are made of copies of what other proxies stand for", async (manager, note) => {
  const inner = await manager.list(["shared"]);
  const dict = await manager.dict({ a: 1 });
  const list = await manager.list<unknown>([1, inner]);
  const [dict2, list2] = [await manager.dict(dict), await manager.list(list)];
  await dict2.update(await manager.dict({ b: 2 }));
  await list2.extend(await manager.list([3]));
  note([await dict.entries(), await dict2.entries(), await list.length(), await list2.length()]);
  // What is nested stays shared.
  await (await list2.at(1) as ListProxy<string>).push("by both");
  note(await inner.copy());
  note(await (await manager.list(dict as never)).copy());
  const names = await manager.Namespace({ x: 1 });
  note([
    await (await manager.dict(names as never)).entries(),
    await (await manager.Namespace(names)).repr(),
    await (await manager.Array("int32", await manager.list([4, 5]))).slice(),
    await (await manager.Array("d", await manager.Array("d", [0.5]))).slice(),
  ]);
  // Of another manager, too.
  await using other = await mp.Manager();
  note(await (await other.list(await manager.list([7]))).copy());
  const queue = await manager.Queue() as never;
  for (const made of [manager.list(queue), manager.dict(queue), manager.Namespace(queue)]) {
    const text = await failure(made);
    assert(text.startsWith("TypeError") && !text.includes("Served"), text);
    note(text);
  }
  note(await failure(manager.dict(await manager.list([1]) as never)));
});

// Namespaces, values, arrays

managed("a namespace has values under names", async (manager, note) => {
  const names = await manager.Namespace<{ x: number; y?: string }>({ x: 1 });
  await names.set("y", "why");
  note([await names.get("x"), await names.get("y"), await names.names()]);
  note([await names.delete("x"), await names.delete("x"), await names.repr()]);
  const seen: unknown[] = [];
  for await (const entry of names) seen.push(entry);
  note(seen);
  assertEquals(seen, [["y", "why"]]);
});

managed("values and arrays keep to their type", async (manager, note) => {
  const value = await manager.Value("int32", 7);
  await value.set(8);
  note([await value.get(), await value.getValue(), await value.repr()]);
  note(await failure(value.set("nine" as never)));
  const array = await manager.Array("d", [0.5, 1.5, 2.5]);
  await array.set(-1, 9);
  note([await array.at(0), await array.at(-1), await array.at(3), await array.length()]);
  note([
    await array.slice(1),
    await failure(array.set(3, 1)),
    await failure(array.set(0, "x" as never)),
  ]);
  note(await (await manager.Array("int64", 2)).slice());
  note(await failure(manager.Value("no such" as "int8", 1)));
});

conform("no server is left", async () => {
  await until(() => mp.activeChildren().length === 0);
});
