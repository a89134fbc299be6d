/**
 * The latest errors, each with its stack.
 *
 * @module
 */

import type { ErrorView } from "../data/views.ts";
import { make, type Part, setText } from "./dom.ts";
import { count } from "./format.ts";

const OUTCOMES: Readonly<Record<ErrorView["outcome"], string>> = {
  failed: "failed",
  lost: "lost with its worker",
  timeout: "took too long",
  retried: "failed, and is run again",
};

/** One error. */
export class ErrorPart implements Part<ErrorView> {
  readonly element: HTMLElement;
  readonly #title = make("strong");
  readonly #where = make("span", { class: "soft" });
  readonly #stack = make("pre", { tabindex: "0", role: "region", "aria-label": "Stack" });

  constructor() {
    const summary = make("summary", {}, this.#title, " ", this.#where);
    this.element = make("details", { class: "card" }, summary, this.#stack);
  }

  update({ title, times, fn, pool, worker, outcome, at, stack }: ErrorView): void {
    setText(this.#title, title);
    const often = times === 1 ? "" : `, ${count(times)} times, last`;
    const who = worker === null ? `pool ${pool}` : worker;
    const when = new Date(at).toLocaleTimeString("en-GB");
    setText(this.#where, `${fn} ${OUTCOMES[outcome]} (${who})${often} at ${when}`);
    setText(this.#stack, stack === "" ? "There is no stack." : stack);
  }
}
