/**
 * The namespaces of a manager.
 *
 * @module
 */

import { show } from "../../support/options.ts";
import type { Call } from "../wire/call.ts";
import { repr } from "./repr.ts";
import { entriesOf } from "./dict.ts";

/** `Namespace({ … })` */
export class ServedNamespace {
  readonly #values = new Map<string, unknown>();

  constructor(values?: unknown) {
    for (const [name, value] of entriesOf(values)) this.#values.set(checkName(name), value);
  }

  get(_call: Call, name: unknown): unknown {
    return this.#values.get(checkName(name));
  }

  set(_call: Call, name: unknown, value: unknown): void {
    this.#values.set(checkName(name), value);
  }

  delete(_call: Call, name: unknown): boolean {
    return this.#values.delete(checkName(name));
  }

  names(_call: Call): string[] {
    return [...this.#values.keys()].sort();
  }

  value(): Map<string, unknown> {
    return new Map(this.#values);
  }

  /** Sorted, as Python's. */
  repr(): string {
    const names = [...this.#values.keys()].sort();
    const parts = names.map((name) => `${name}=${repr(this.#values.get(name))}`);
    return `Namespace(${parts.join(", ")})`;
  }
}

function checkName(name: unknown): string {
  if (typeof name === "string") return name;
  throw new TypeError(`A name must be a text, got ${show(name)}`);
}
