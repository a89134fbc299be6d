/**
 * The way to the program: news come as events; when it ends, it is looked for until it is back.
 *
 * @module
 */

import type { Update } from "../data/views.ts";
import { byId, setAttribute, setText } from "./dom.ts";
import { duration } from "./format.ts";

/** How often (ms) to look whether there are news, and to try again where the browser does not. */
const INTERVAL = 1_000;
/** How long (ms) there may be no news. */
const PATIENCE = 2_500;

/** Listens to the program, and says in the page whether it can be heard. */
export class Connection {
  readonly #onUpdate: (update: Update) => void;
  #events: EventSource | null = null;
  #heardAt = performance.now();
  #hasConnected = false;

  /** @param onUpdate Takes the news. */
  constructor(onUpdate: (update: Update) => void) {
    this.#onUpdate = onUpdate;
    this.#connect();
    setInterval(() => this.#look(), INTERVAL);
  }

  #connect(): void {
    const events = this.#events = new EventSource("events");
    events.addEventListener("update", ({ data }) => {
      this.#heardAt = performance.now();
      this.#hasConnected = true;
      this.#show("live", "Live");
      this.#onUpdate(JSON.parse(data));
    });
    events.addEventListener("error", () => this.#lost());
  }

  #lost(): void {
    const text = this.#hasConnected
      ? "The program has ended, or cannot be reached. Looking for it …"
      : "The program cannot be reached. Looking for it …";
    this.#show("lost", text);
  }

  #look(): void {
    const { readyState } = this.#events!;
    // Browsers give up on some errors.
    if (readyState === EventSource.CLOSED) return this.#connect();
    const silence = performance.now() - this.#heardAt;
    if (readyState !== EventSource.OPEN || silence < PATIENCE) return;
    this.#show("silent", `Busy: no news for ${duration(Math.round(silence / 1000) * 1000)}`);
  }

  #show(state: "live" | "silent" | "lost", text: string): void {
    const element = byId("state");
    setAttribute(element, "data-state", state);
    setText(element, text);
  }
}
