/**
 * The types of arguments and results, through every way to name a function. This is checked by the
 * compiler, and never called.
 */

import { capture } from "../../src/callable/capture.ts";
import { ref } from "../../src/callable/ref.ts";
import type { Callable } from "../../src/callable/types.ts";
import type * as exportsFixture from "../fixtures/callable_exports.ts";

/** A variable of this module, for functions that use it. */
const outerNumber = 3;

declare function apply<A extends unknown[], R>(fn: Callable<A, R>, args: A): Promise<Awaited<R>>;

declare function map<T, R>(fn: Callable<[T], R>, items: Iterable<T>): Promise<Awaited<R>[]>;

export async function typesAreInferred(): Promise<void> {
  const resize = (size: number, _name: string): Promise<string> => Promise.resolve(String(size));
  const url = new URL("./x.ts", import.meta.url);
  const a: string = await apply(resize, [1, "x"]);
  const b: string = await apply(ref<typeof resize>(url, "resize"), [1, "x"]);
  const c: number[] = await map((x: number) => x * 2, [1]);
  const d: string[] = await map(ref<typeof exportsFixture.scaled>(url, "scaled"), [1]);
  const e: number[] = await map(capture({ factor: 2 }, (x: number) => x * outerNumber), [1]);
  const f: number[] = await map((x) => x * 2, [1, 2]);
  // @ts-expect-error the argument is a number
  await map(ref<typeof exportsFixture.scaled>(url, "scaled"), ["x"]);
  // @ts-expect-error there must be two arguments
  await apply(ref<typeof resize>(url, "resize"), [1]);
  // @ts-expect-error the result is a text
  const g: number[] = await map(ref<typeof exportsFixture.scaled>(url, "scaled"), [1]);
  const h: Callable = ref(url, "anything");
  void [a, b, c, d, e, f, g, h];
}
