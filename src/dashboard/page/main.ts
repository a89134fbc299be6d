/**
 * The page's script: shows what the program tells, in one frame for each of its news, and in none while nobody looks.
 *
 * @module
 */

import type { ProgramView, Snapshot } from "../data/views.ts";
import { Connection } from "./connection.ts";
import { tell } from "./control.ts";
import { byId, make, PartList, setText } from "./dom.ts";
import { bytes, count, counted, duration, percent } from "./format.ts";
import { makeLists } from "./lists.ts";
import { Store } from "./store.ts";

const store = new Store();
const facts = new PartList<[string, string]>(byId("facts"), ([name]) => name, ([name]) => {
  const value = make("dd");
  const update = ([, text]: [string, string]): void => setText(value, text);
  return { element: make("div", {}, make("dt", {}, name), value), update };
});
let showLists: ((snapshot: Snapshot) => void) | null = null;
let isDue = false;
let latestError = 0;

new Connection((update) => {
  const isOther = store.take(update);
  if (isOther) {
    showLists = null;
    latestError = 0;
    tell("This is another run of the program.");
  }
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(show);
});

function show(): void {
  isDue = false;
  const { snapshot } = store;
  if (snapshot === null) return;
  const { program } = snapshot;
  showLists ??= makeLists(store, program.mayControl);
  showLists(snapshot);
  setText(byId("program"), program.name === "" ? "Dashboard" : program.name);
  facts.update(factsOf(program));
  document.title = titleOf(snapshot);
  tellErrors();
}

function factsOf(program: ProgramView): [string, string][] {
  const { runtime, pid, cores, watchedMs, memory, cpu } = program;
  return [
    ["Runtime", runtime],
    ["Process", String(pid)],
    ["Processors", String(cores)],
    ["CPU", percent(cpu)],
    ["Memory", bytes(memory)],
    ["Watched for", duration(watchedMs)],
  ];
}

function titleOf({ program, pools }: Snapshot): string {
  const sum = (what: "running" | "queued"): number => pools.reduce((n, pool) => n + pool[what], 0);
  return `${count(sum("running"))} running, ${count(sum("queued"))} waiting: ${program.name}`;
}

/** Says that there are new errors, to those who do not see them come. */
function tellErrors(): void {
  const fresh = store.errors.filter(({ id }) => id > latestError);
  if (fresh.length === 0) return;
  latestError = fresh[0].id;
  tell(`${counted(fresh.length, "new error")}: ${fresh[0].title}`);
}
