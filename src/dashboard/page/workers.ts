/**
 * The table of a pool's workers.
 *
 * @module
 */

import type { WorkerView } from "../data/views.ts";
import { button } from "./control.ts";
import { make, type Part } from "./dom.ts";
import { bytes, count, duration, percent } from "./format.ts";
import { type Column, Table } from "./table.ts";

const COLUMNS: readonly Column<WorkerView>[] = [
  { title: "Worker", text: ({ name, pid }) => `${name} (pid ${pid})` },
  { title: "State", kind: "short", text: ({ state }) => state },
  { title: "Task", kind: "wide", text: taskText },
  { title: "For", kind: "number", text: ({ task }) => duration(task === null ? null : task.ageMs) },
  { title: "Tasks done", kind: "number", text: ({ tasks }) => count(tasks) },
  { title: "CPU", kind: "number", text: ({ cpu }) => percent(cpu) },
  { title: "Memory", kind: "number", text: ({ memory }) => bytes(memory) },
];

/**
 * Makes the table.
 *
 * @param pool The number of the pool.
 * @param mayControl Whether there are buttons.
 */
export function workerTable(pool: number, mayControl: boolean): Table<WorkerView> {
  const actions: Column<WorkerView> = {
    title: "Actions",
    kind: "short",
    part: () => buttons(pool),
  };
  const columns = mayControl ? [...COLUMNS, actions] : COLUMNS;
  return new Table("Workers", columns, ({ name }) => name);
}

function taskText({ task }: WorkerView): string {
  if (task === null) return "–";
  return task.calls === 1 ? task.fn : `${task.fn}, ${count(task.calls)} items`;
}

function buttons(pool: number): Part<WorkerView> {
  const recycle = button<WorkerView>("Recycle", ({ name, state }) =>
    state === "leaving" ? null : {
      command: { action: "recycle", pool, worker: name },
      name: `Recycle ${name} of pool ${pool}`,
      done: `${name} is replaced as soon as it has done what it has begun.`,
    });
  const cancel = button<WorkerView>("Cancel", ({ name, task }) =>
    task === null ? null : {
      command: { action: "cancel", pool, job: task.job },
      name: `Cancel ${task.fn} of ${name} of pool ${pool}`,
      done: `${task.fn} was cancelled.`,
      question: `Cancel ${task.fn}? Of a map, all its items are cancelled.`,
    });
  const element = make("div", {}, recycle.element, " ", cancel.element);
  const update = (worker: WorkerView): void => {
    recycle.update(worker);
    cancel.update(worker);
  };
  return { element, update };
}
