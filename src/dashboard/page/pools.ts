/**
 * The pools.
 *
 * @module
 */

import type { PoolView } from "../data/views.ts";
import { make, type Part, setAttribute, setText } from "./dom.ts";
import { count, counted, duration } from "./format.ts";
import { Line, type LineKind } from "./lines.ts";
import type { Store } from "./store.ts";
import { Table } from "./table.ts";
import { workerTable } from "./workers.ts";

const LINES: readonly LineKind[] = [
  { kind: "waiting", title: "Waiting", index: 1, isRate: false },
  { kind: "running", title: "Running", index: 2, isRate: false },
  { kind: "done", title: "Done", index: 3, isRate: true },
  { kind: "failed", title: "Failed", index: 4, isRate: true },
  { kind: "lost", title: "Lost", index: 5, isRate: true },
];

interface TimeRow {
  readonly title: string;
  readonly times: PoolView["waitMs"];
}

type SlowRow = PoolView["slowest"][number] & { readonly rank: number };

/** One pool. */
export class PoolPart implements Part<PoolView> {
  readonly element: HTMLElement;
  readonly #store: Store;
  readonly #title: HTMLElement;
  readonly #summary = make("p", { class: "soft" });
  readonly #more = make("p", { class: "soft" });
  readonly #lines = LINES.map((kind) => new Line(kind));
  readonly #workers;
  readonly #times = new Table<TimeRow>("Times of calls", [
    { title: "Time", text: ({ title }) => title },
    { title: "Half", kind: "number", text: ({ times }) => duration(times.p50) },
    { title: "90 %", kind: "number", text: ({ times }) => duration(times.p90) },
    { title: "99 %", kind: "number", text: ({ times }) => duration(times.p99) },
    { title: "Longest", kind: "number", text: ({ times }) => duration(times.max) },
  ], ({ title }) => title);
  readonly #slowest = new Table<SlowRow>("Slowest tasks", [
    { title: "Function", text: ({ fn }) => fn },
    { title: "Arguments", kind: "code", text: ({ args }) => args },
    { title: "Worker", text: ({ worker }) => worker },
    { title: "Waited", kind: "number", text: ({ waitMs }) => duration(waitMs) },
    { title: "Ran", kind: "number", text: ({ runMs }) => duration(runMs) },
  ], ({ rank }) => String(rank));

  /**
   * @param pool The pool.
   * @param store Its lines.
   * @param mayControl Whether there are buttons.
   */
  constructor({ number }: PoolView, store: Store, mayControl: boolean) {
    this.#store = store;
    const id = `pool-${number}`;
    this.#title = make("h3", { id }, `Pool ${number}`);
    this.#workers = workerTable(number, mayControl);
    const side = make("div", {}, this.#times.element, this.#slowest.element);
    const main = make("div", {}, this.#workers.element, this.#more);
    this.element = make(
      "article",
      { class: "card", "aria-labelledby": id },
      make("header", {}, this.#title, this.#summary),
      make("div", { class: "tiles" }, ...this.#lines.map(({ element }) => element)),
      make("div", { class: "columns" }, main, side),
    );
  }

  update(pool: PoolView): void {
    const { number, method, state, workers, moreWorkers, retried } = pool;
    const size = workers.length + moreWorkers;
    const all = method === "thread" ? counted(size, "thread") : counted(size, "process", "es");
    const repeated = retried === 0 ? "" : `, ${counted(retried, "call")} repeated`;
    setText(this.#summary, `${state}, ${all}${repeated}`);
    const points = this.#store.pointsOf(number);
    const numbers = [pool.queued, pool.running, pool.done, pool.failed, pool.lost];
    this.#lines.forEach((line, i) => line.update(count(numbers[i]), points, this.#store.second));
    this.#workers.update(workers);
    setAttribute(this.#workers.element, "hidden", workers.length === 0 ? "" : null);
    setText(
      this.#more,
      moreWorkers > 0 && workers.length > 0 ? `and ${count(moreWorkers)} more` : "",
    );
    this.#times.update([
      { title: "Waited", times: pool.waitMs },
      { title: "Ran", times: pool.runMs },
    ]);
    this.#slowest.update(pool.slowest.map((slow, rank) => ({ ...slow, rank })));
    setAttribute(this.#slowest.element, "hidden", pool.slowest.length === 0 ? "" : null);
  }
}
