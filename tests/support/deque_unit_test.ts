import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { Deque } from "../../src/support/deque.ts";

test("Deque gives back in order what was put in at both ends", () => {
  const deque = new Deque<number>();
  assertEquals([deque.length, deque.first, deque.shift()], [0, undefined, undefined]);
  for (let i = 0; i < 100; i++) deque.push(i);
  for (let i = 1; i <= 50; i++) deque.unshift(-i);
  assertEquals([deque.length, deque.first], [150, -50]);
  assertEquals([...deque], Array.from({ length: 150 }, (_, i) => i - 50));
  for (let i = -50; i < 100; i++) assertEquals(deque.shift(), i);
  assertEquals([deque.length, deque.first, deque.shift()], [0, undefined, undefined]);
});

test("Deque removes an item wherever it is", () => {
  for (const item of [0, 7, 39]) {
    const deque = new Deque<number>();
    for (let i = 10; i < 40; i++) deque.push(i);
    for (let i = 9; i >= 0; i--) deque.unshift(i);
    deque.remove(item);
    deque.remove(1000);
    assertEquals([...deque], Array.from({ length: 40 }, (_, i) => i).filter((i) => i !== item));
    deque.push(40);
    assertEquals([...deque].at(-1), 40);
  }
});

test("Deque agrees with an array over many random steps", () => {
  let seed = 99;
  const random = (below: number) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % below;
  const deque = new Deque<number>();
  const model: number[] = [];
  for (let i = 0; i < 5000; i++) {
    const choice = random(10);
    if (choice < 4) deque.push(i), model.push(i);
    else if (choice < 6) deque.unshift(i), model.unshift(i);
    else assertEquals(deque.shift(), model.shift());
    assertEquals([deque.length, deque.first], [model.length, model[0]]);
  }
  assertEquals([...deque], model);
});
