/** Several bars in one terminal, as a person sees them. */

import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { Display } from "../../src/progress/display.ts";
import { LogLines } from "../../src/progress/log_lines.ts";
import { endsLine, giveWay } from "../../src/progress/other_output.ts";
import type { Progress, TaskProgress } from "../../src/progress/state.ts";
import { Screen } from "../support/screen.ts";

/** A program's terminal, with a display that draws at each change. */
function openTerminal(columns: number) {
  const screen = new Screen(columns);
  const stream = { write: (text: string) => screen.write(text) };
  const console = { log: (text: string) => stream.write(`${text}\n`) };
  let exit = () => {};
  const terminal = {
    get columns() {
      return screen.columns;
    },
    get rows() {
      return screen.rows;
    },
    write: (text: string) => screen.write(text),
  };
  const display = new Display(terminal, (host, onExit) => {
    exit = onExit;
    return giveWay(console, [stream], host);
  }, 0);
  const { write } = stream;
  const { log } = console;
  const isWrapped = () => stream.write !== write || console.log !== log;
  return { screen, stream, console, display, exit: () => exit(), isWrapped };
}

let order = 0;

function open(display: Display, label: string, keep = true) {
  return display.open({ label, keep, order: order++ }, at(0));
}

function at(done: number, tasks: TaskProgress[] = [], total: number | null = 10): Progress {
  return { done, total, failed: 0, elapsedMs: 1000, rate: done, remainingMs: null, tasks };
}

function task(worker: string, done: number): TaskProgress {
  return { task: 1, fn: "train", worker, item: 0, done, total: 4 };
}

/** Lets what was asked for by `queueMicrotask` come. */
const turn = () => new Promise<void>((resolve) => queueMicrotask(resolve));

/** The lines without the bars themselves. */
function seen(screen: Screen): string[] {
  return screen.lines.map((line) => line.replace(/[█░]+/, "#").replace(/ \| [\d.]+\/s.*/, ""));
}

test("bars stand in the order in which they began, and one that is over goes above the others", () => {
  const { screen, display, isWrapped } = openTerminal(80);
  const first = open(display, "first");
  const second = open(display, "second");
  const third = display.open({ label: "earlier", keep: false, order: -1 }, at(0));
  second.show(at(5));
  assertEquals(seen(screen), ["earlier # 0% | 0/10", "first # 0% | 0/10", "second # 50% | 5/10"]);
  second.end(at(10));
  first.show(at(1));
  assertEquals(seen(screen), [
    "second # 100% | 10/10",
    "earlier # 0% | 0/10",
    "first # 10% | 1/10",
  ]);
  third.end(at(10));
  assertEquals(seen(screen), ["second # 100% | 10/10", "first # 10% | 1/10"]);
  assert(isWrapped());
  first.end(at(10));
  first.end(at(10));
  assertEquals(seen(screen), ["second # 100% | 10/10", "first # 100% | 10/10"]);
  assert(!isWrapped());
  assertEquals(screen.wraps, 0);
});

test("a last line that is not kept leaves nothing, and the program goes on in its place", () => {
  const { screen, console, display } = openTerminal(80);
  console.log("before");
  const bar = open(display, "bar", false);
  bar.show(at(3, [task("PoolWorker-1", 1)]));
  assertEquals(screen.lines.length, 3);
  bar.end(at(10));
  console.log("after");
  assertEquals(screen.lines, ["before", "after"]);
});

test("tasks stand below their map, in 80, 40 and 20 columns, and no line wraps", () => {
  for (const columns of [80, 40, 20]) {
    const { screen, display } = openTerminal(columns);
    const first = open(display, "first");
    const second = open(display, "second");
    first.show(at(2, [task("PoolWorker-1", 1), task("PoolWorker-2", 3)]));
    second.show(at(4, [task("PoolWorker-3", 2)]));
    const starts = screen.lines.map((line) => /^ *\w*/.exec(line)![0]);
    assertEquals(starts, ["first", "  train", "  train", "second", "  train"]);
    for (const line of screen.lines) assert(/\d%/.test(line), line);
    first.show(at(3, [task("PoolWorker-1", 2)]));
    assertEquals(screen.lines.length, 4);
    first.end(at(10));
    second.end(at(10));
    assertEquals(screen.lines.length, 2);
    assertEquals(screen.wraps, 0);
  }
});

test("a single item is shown by what it says itself", () => {
  const { screen, display } = openTerminal(80);
  const bar = open(display, "one");
  bar.show(at(0, [task("PoolWorker-1", 1)], 1));
  assertEquals(seen(screen), ["one # 25% | 1/4"]);
  bar.end(at(1, [], 1));
  assertEquals(seen(screen), ["one # 100% | 1/1"]);
});

test("there are never more lines than rows: those of tasks go first", () => {
  const { screen, display } = openTerminal(80);
  screen.rows = 4;
  const tasks = Array.from({ length: 9 }, (_, i) => task(`PoolWorker-${i}`, 1));
  const bars = ["a", "b"].map((label) => open(display, label));
  for (const bar of bars) bar.show(at(1, tasks));
  assertEquals(screen.lines.map((line) => line.slice(0, 3)), ["a █", "  t", "b █"]);
  for (const label of ["c", "d", "e"]) open(display, label);
  assertEquals(screen.lines.map((line) => line[0]), ["a", "b", "c"]);
});

test("what the program writes stays, above the bars", async () => {
  const { screen, console, stream, display } = openTerminal(40);
  const bars = [open(display, "a"), open(display, "b")];
  for (let i = 1; i <= 3; i++) {
    console.log(`log ${i}`);
    stream.write(`line ${i}\n`);
    await turn();
    for (const bar of bars) bar.show(at(i));
  }
  const texts = ["log 1", "line 1", "log 2", "line 2", "log 3", "line 3"];
  assertEquals(seen(screen), [...texts, "a # 30% | 3/10", "b # 30% | 3/10"]);
});

test("while the program has begun a line, nothing is drawn", async () => {
  const { screen, stream, display } = openTerminal(40);
  const [bar, other] = [open(display, "bar"), open(display, "other")];
  stream.write("Your name? ");
  await turn();
  bar.show(at(1));
  assertEquals(screen.lines, ["Your name?"]);
  stream.write("Ada\n");
  await turn();
  assertEquals(seen(screen), ["Your name? Ada", "bar # 10% | 1/10", "other # 0% | 0/10"]);
  stream.write("and then ");
  other.end(at(10));
  assertEquals(seen(screen), [
    "Your name? Ada",
    "and then",
    "other # 100% | 10/10",
    "bar # 10% | 1/10",
  ]);
});

test("what somebody else writes is not written over", () => {
  const { screen, display } = openTerminal(60);
  const bars = [open(display, "a", false), open(display, "b", false)];
  screen.write("from a child\n");
  bars[0].show(at(1));
  screen.write("from another one\n");
  bars[1].show(at(2));
  for (const bar of bars) bar.end(at(10));
  assertEquals(screen.lines.map((line) => /^from [a-z ]+/.exec(line)?.[0].trim()), [
    "from a child",
    "from another one",
  ]);
});

for (const narrowing of ["reflows", "cuts"] as const) {
  test(`a terminal that ${narrowing} when it gets narrower keeps what stands above`, () => {
    const { screen, console, display } = openTerminal(80);
    console.log("above");
    const bars = [open(display, "a"), open(display, "b")];
    for (const columns of [50, 20, 70]) {
      screen.resize(columns, narrowing);
      for (const bar of bars) bar.show(at(columns / 10));
      assertEquals(screen.lines.map((line) => line[0]), ["a", "a", "b"]);
      assertEquals(screen.lines[0], "above");
    }
    for (const bar of bars) bar.end(at(10));
    assertEquals(screen.lines.length, 3);
  });
}

test("what has not changed is not written again", () => {
  const { screen, display } = openTerminal(60);
  const bar = open(display, "bar");
  bar.show(at(1));
  const { writes } = screen;
  for (let i = 0; i < 10; i++) bar.show(at(1));
  assertEquals(screen.writes, writes);
});

test("a program that exits leaves its bars, and stands below them", () => {
  const { screen, display, exit } = openTerminal(60);
  for (const label of ["a", "b"]) open(display, label);
  exit();
  screen.write("$ prompt");
  assertEquals(seen(screen), ["a # 0% | 0/10", "b # 0% | 0/10", "$ prompt"]);
});

test("who has wrapped a stream meanwhile is left alone, and what is put back gives way no more", async () => {
  const { screen, stream, console, display } = openTerminal(60);
  const bar = open(display, "bar", false);
  const ours = stream.write;
  const theirs = (text: string) => ours(text.toUpperCase());
  stream.write = theirs;
  console.log("one");
  await turn();
  bar.end(at(10));
  assertEquals(stream.write, theirs);
  console.log("two");
  assertEquals(screen.lines, ["ONE", "TWO"]);
});

test("a line ends by its end, with or without colours behind it", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  for (const text of ["", "a\n", "a\n\x1b[0m"]) {
    assert(endsLine(text) && endsLine(bytes(text)), text);
  }
  for (const text of ["a", "\r", "\na", "\n\x1b[31ma"]) {
    assert(!endsLine(text) && !endsLine(bytes(text)), text);
  }
});

test("where lines stay there is one now and then, and one at the end that may be left out", () => {
  for (const keep of [true, false]) {
    let text = "";
    const often = new LogLines("rows", keep, (line) => text += line, 0);
    const seldom = new LogLines("seldom", keep, (line) => text += line, 60_000);
    for (const done of [1, 2]) for (const lines of [often, seldom]) lines.show(at(done));
    for (const lines of [often, seldom]) lines.end(at(3));
    assert(!/\p{Cc}/u.test(text.replaceAll("\n", "")), text);
    const shapes = text.split("\n").map((line) => line.replace(/ [█░]+/, "").split(" | ").at(-4));
    const last = keep ? ["rows 30%", "seldom 30%"] : [];
    assertEquals(shapes, ["rows 10%", "rows 20%", ...last, undefined]);
  }
});
