/**
 * What the buttons do.
 *
 * @module
 */

import { byId, make, type Part, setAttribute, setText } from "./dom.ts";

/** What the program may be asked to do. */
export type Command =
  | { readonly action: "recycle"; readonly pool: number; readonly worker: string }
  | { readonly action: "cancel"; readonly pool: number; readonly job: number };

/** Tells who looks, and who listens, what has happened. */
export function tell(text: string): void {
  setText(byId("news"), text);
}

/**
 * Asks the program to do something, and tells what came of it.
 *
 * @param command What.
 * @param done What to tell when it is done.
 */
async function send(command: Command, done: string): Promise<void> {
  try {
    const response = await fetch("control", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(command),
    });
    if (!response.ok) return tell(`The program refuses that (${response.status}).`);
    const { isDone } = await response.json();
    tell(isDone ? done : "That is over already.");
  } catch {
    tell("The program does not answer.");
  }
}

/** What a button does; `null` while there is nothing to do. */
export interface Deed {
  readonly command: Command;
  /** What the button is called for those who do not see where it stands. */
  readonly name: string;
  /** What is told when it is done. */
  readonly done: string;
  /** What is asked before; absent: nothing. */
  readonly question?: string;
}

/**
 * A button. One that has nothing to do for now keeps the focus that it has.
 *
 * @param title What stands on it.
 * @param deedOf What it does.
 */
export function button<T>(title: string, deedOf: (value: T) => Deed | null): Part<T> {
  const element = make("button", { type: "button" }, title);
  let deed: Deed | null = null;
  element.addEventListener("click", () => {
    if (deed === null || (deed.question !== undefined && !confirm(deed.question))) return;
    void send(deed.command, deed.done);
  });
  const update = (value: T): void => {
    deed = deedOf(value);
    setAttribute(element, "aria-disabled", deed === null ? "true" : null);
    setAttribute(element, "aria-label", deed === null ? title : deed.name);
  };
  return { element, update };
}
