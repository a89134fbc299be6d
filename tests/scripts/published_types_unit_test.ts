import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { publishedProblems } from "../../scripts/support/published_types.ts";

const internal = new Set(["Core", "Transport"]);

function problems(text: string): string[] {
  return publishedProblems(text, internal);
}

test("what is exported may be declared and mentioned, also by another name", () => {
  const text = `
    interface Options { size?: number }
    /** See {@linkcode Options} and {@linkcode size}. */
    declare class Queue<T> { #private; constructor(options?: Options); get(): Promise<T> }
    declare function SharedArray(size: number): Int8Array;
    type names_Queue<T> = Queue<T>;
    declare const names_Queue: typeof Queue;
    declare namespace names { export { names_Queue as Queue } }
    interface Context extends Readonly<typeof names> {}
    export { Queue, SharedArray as Array };
    export type { Context, Options };
  `;
  assertEquals(problems(text), []);
});

test("what is declared only for others is refused", () => {
  const text = `
    interface Hidden { size?: number }
    type names_Hidden = Hidden;
    declare class Queue { options: Hidden }
    export { Queue };
  `;
  assertEquals(problems(text), [
    "Hidden: is declared, and not exported",
    "names_Hidden: is declared, and not exported",
  ]);
});

test("types of the sources are refused wherever they are mentioned, and what is imported", () => {
  const text = `
    import { Other } from "./other.js";
    declare class Queue extends Core { way: Transport; self: typeof Core }
    export { Queue };
  `;
  assertEquals(problems(text), [
    'import { Other } from "./other.js";: is imported from elsewhere',
    "Core: is mentioned by Queue, and its module does not export it",
    "Transport: is mentioned by Queue, and its module does not export it",
  ]);
});

test("members for the library alone are refused, and constructors that take what has no name", () => {
  const text = `
    declare class Value {
      constructor(backing: unknown);
      /** What only this library needs. */
      static backingOf(value: Value): unknown;
      /** @internal */
      inner: number;
      _secret: string;
    }
    declare class Made { private constructor(); }
    export { Made, Value };
  `;
  assertEquals(problems(text), [
    'Value: its constructor\'s "backing" is nameless',
    'Value: its "backingOf" is for this library only',
    'Value: its "inner" is for this library only',
    'Value: its "_secret" is for this library only',
  ]);
});

test("links of the documentation must lead somewhere", () => {
  const text = `
    /** The module: {@linkcode Anything}. */

    /** See {@linkcode Core} and {@link Queue.get}. */
    declare class Queue { get(): void }
    export { Queue };
  `;
  assertEquals(problems(text), ["Core: is linked to, and not exported"]);
});
