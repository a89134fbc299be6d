/**
 * The errors of tasks, the latest ones: shortened, and those that are alike put together, so that a flood of them costs little.
 *
 * @module
 */

import type { ErrorView } from "./views.ts";

/** How many are kept. */
const KEPT = 50;
const LONGEST_TITLE = 500;
const LONGEST_STACK = 6_000;
/** How many causes are shown of one error. */
const MOST_CAUSES = 4;

/** Where an error came from. */
export type ErrorSource = Pick<ErrorView, "pool" | "fn" | "worker" | "outcome">;

interface Entry {
  view: ErrorView;
  /** The change of the log that it was changed with last. */
  change: number;
}

/** The latest errors. */
export class ErrorLog {
  readonly #entries = new Map<string, Entry>();
  #latestId = 0;
  #change = 0;

  /** The number of the latest change. */
  get change(): number {
    return this.#change;
  }

  /** The number of the oldest error that is kept. */
  get first(): number {
    let first = this.#latestId + 1;
    for (const { view } of this.#entries.values()) first = Math.min(first, view.id);
    return first;
  }

  /**
   * Takes an error in.
   *
   * @param source Where it came from.
   * @param error The error: whatever was thrown.
   * @param at When, in milliseconds since 1970.
   */
  add(source: ErrorSource, error: unknown, at: number): void {
    const title = shorten(titleOf(error), LONGEST_TITLE);
    const key = [source.pool, source.fn, source.outcome, title].join("\n");
    const known = this.#entries.get(key);
    const change = ++this.#change;
    if (known !== undefined) {
      known.view = { ...known.view, ...source, at, times: known.view.times + 1 };
      known.change = change;
      return;
    }
    const stack = shorten(stackOf(error), LONGEST_STACK);
    const view = { ...source, id: ++this.#latestId, at, times: 1, title, stack };
    this.#entries.set(key, { view, change });
    if (this.#entries.size > KEPT) this.#entries.delete(this.#entries.keys().next().value!);
  }

  /** What has changed since a change, the oldest error first. */
  since(change: number): ErrorView[] {
    return [...this.#entries.values()].filter((entry) => entry.change > change)
      .map(({ view }) => view);
  }
}

/** Values that tasks throw may be anything, also objects that throw themselves when they are looked at. */
function titleOf(error: unknown): string {
  try {
    if (typeof error !== "object" || error === null) return String(error);
    const { name, message } = error as Partial<Error>;
    return `${String(name ?? "Error")}: ${String(message ?? "")}`;
  } catch {
    return "an error that cannot be read";
  }
}

function stackOf(error: unknown): string {
  const parts: string[] = [];
  try {
    for (let cause = error; cause instanceof Error && parts.length < MOST_CAUSES;) {
      parts.push(String(cause.stack ?? titleOf(cause)));
      cause = cause.cause;
    }
  } catch {
    // What was read so far is good.
  }
  return parts.join("\nCaused by: ");
}

function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}
