/**
 * What a process runs, and the arguments it gives to that: copied, of every kind, and taken at the
 * start.
 */

import { writeFileSync } from "node:fs";
import process from "node:process";
import { assertEquals } from "@std/assert";
import { activeChildren, capture, ref } from "../../mod.ts";
import { Point, registered } from "../fixtures/process_classes.ts";
import * as targets from "../fixtures/process_targets.ts";
import { exitCodeOf, freshPath, mp, readValue, runToEnd, valueOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";

const TARGETS = new URL("../fixtures/process_targets.ts", import.meta.url);

conform("Process runs a function with its arguments and gives exit code 0", async (note) => {
  const value = await valueOf(targets.echo, 1, "two", [3], { four: 4 });
  assertEquals(value, [1, "two", [3], { four: 4 }]);
  note(value);
});

conform("Process awaits what its target returns", async (note) => {
  note(await valueOf(targets.echoLater, "late"));
});

conform("Process without a target does nothing", async (note) => {
  note(await runToEnd(new mp.Process()));
});

conform("Process passes kwargs as one last argument", async (note) => {
  const path = freshPath();
  const child = new mp.Process({ target: targets.echo, args: [path, 1], kwargs: { a: 2, b: [3] } });
  await runToEnd(child);
  assertEquals(readValue(path), [1, { a: 2, b: [3] }]);
  note(readValue(path));
});

conform("Process passes kwargs without args", async (note) => {
  note(
    await runToEnd(
      new mp.Process({
        target: (options: unknown) => {
          if ((options as { code: number }).code !== 4) throw new Error("no kwargs");
        },
        kwargs: { code: 4 },
      }),
    ),
  );
});

conform("Process passes values of every kind", async (note) => {
  const cycle: Record<string, unknown> = { name: "cycle" };
  cycle.self = cycle;
  const error = Object.assign(new RangeError("far", { cause: new TypeError("near") }), { code: 7 });
  const value = await valueOf(
    targets.describeValues,
    undefined,
    -0,
    NaN,
    2n ** 70n,
    new Map([[1, new Set(["a"])]]),
    new Date(0),
    /a+/gi,
    new Uint8Array([1, 2]),
    new Float64Array([0.5]),
    [1, , 3],
    "\ud800",
    new URL("https://example.org/a?b"),
    cycle,
    error,
  );
  note(value);
});

conform(
  "Process copies its arguments: what happens to them after the start is not seen",
  async (note) => {
    const path = freshPath();
    const go = freshPath();
    const list = [1, 2];
    const child = new mp.Process({
      target: async (path: string, go: string, list: number[]) => {
        const fs = await import("node:fs");
        while (!fs.existsSync(go)) await new Promise((resolve) => setTimeout(resolve, 10));
        list.push(4);
        fs.writeFileSync(path, JSON.stringify(list));
      },
      args: [path, go, list],
    });
    await child.start();
    list.push(3);
    writeFileSync(go, "");
    await child.join();
    assertEquals(readValue(path), [1, 2, 4]);
    assertEquals(list, [1, 2, 3]);
    note(readValue(path));
  },
);

conform("Process copies its arguments when start() is called, not later", async (note) => {
  const path = freshPath();
  const data = { list: [1] };
  const kwargs = { b: [1] };
  const child = new mp.Process({ target: targets.echo, args: [path, data], kwargs });
  const started = child.start();
  data.list.push(2);
  kwargs.b.push(2);
  await started;
  await child.join();
  assertEquals(readValue(path), [{ list: [1] }, { b: [1] }]);
  note(readValue(path));
});

conform("Process takes its list of arguments when it is created", async (note) => {
  const path = freshPath();
  const args: [string, ...number[]] = [path, 1];
  const kwargs: Record<string, unknown> = { a: 1 };
  const child = new mp.Process({ target: targets.echo, args, kwargs });
  args.push(2);
  kwargs.b = 2;
  await runToEnd(child);
  assertEquals(readValue(path), [1, { a: 1 }]);
  note(readValue(path));
});

conform("Process runs functions without outer variables, as they are written", async (note) => {
  const codes = [
    await exitCodeOf((a: number, b: number) => process.exit(a + b), 20, 22),
    await exitCodeOf(async function named(code: number) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      process.exit(code);
    }, 12),
    await exitCodeOf(
      {
        method(code: number) {
          process.exit(code);
        },
      }.method,
      13,
    ),
  ];
  assertEquals(codes, [42, 12, 13]);
  note(codes);
});

conform(
  "Process runs an exported function of the calling module, with that module's state",
  async (note) => {
    const path = freshPath();
    const child = targets.processOfThisModule(mp, path);
    assertEquals(await runToEnd(child), 0);
    // The module is imported anew: its state here is not that of its creator.
    assertEquals(readValue(path), { secret: 1, main: false, calls: 0 });
    note(readValue(path));
  },
);

conform("Process runs ref(), capture() and registered functions", async (note) => {
  const echo = ref<typeof targets.echo>(TARGETS, "echo");
  assertEquals(await valueOf(echo, "by name"), ["by name"]);
  const factor = 7;
  const code = await exitCodeOf(capture({ factor }, (x: number) => process.exit(x * factor)), 6);
  assertEquals(code, 42);
  const doubled = await valueOf(registered.twice, 21);
  assertEquals(doubled, 42);
  note([code, doubled]);
});

conform("Process passes instances of registered classes as instances", async (note) => {
  const value = await valueOf(targets.describePoint, new Point(3, 4));
  assertEquals(value, { isPoint: true, length: 5, x: 3, y: 4 });
  note(value);
});

conform("a module that registers classes is imported in a child as in one", async (note) => {
  const code = await exitCodeOf((point: { x: number }) => process.exit(point.x), new Point(6, 0));
  assertEquals(code, 6);
  note(code);
});

conform("nothing is left", () => {
  assertEquals(activeChildren(), []);
});
